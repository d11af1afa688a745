/*
title = "Scheduled actions"
definition = "Every run of a scheduled action that Odoo keeps for a week, and which of them failed, by Odoo's count of failures in a row."
blind = "A failure between two refreshes that was followed by a success, unless the server logs to the database (--log-db); any run before Odoo 18, which keeps none."
*/
with
-- A run that failed looks like one that did not, but Odoo counts how often in a row an action has failed: the latest
-- runs up to then. A failure between two refreshes that was followed by a success is not seen, but where the server's log is
-- kept in the database. The last run is dated from just before it began.
spell as (
    select
        instance,
        id as cron_id,
        failing_since_at,
        arg_max(failure_count, valid_from) as failure_count,
        arg_max(last_run_at, valid_from) as last_run_at,
        max(valid_from) as seen_at,
    from stg_ir_cron_history
    where failure_count > 0
    group by instance, id, failing_since_at
),

failed_run as (
    select
        run.instance,
        run.id,
    from spell
    inner join stg_ir_cron_progress_last as run
        on run.instance = spell.instance
        and run.cron_id = spell.cron_id
        and run.started_at <= coalesce(spell.last_run_at + interval 5 second, spell.seen_at)
    qualify row_number() over (
        partition by spell.instance, spell.cron_id, spell.failing_since_at order by run.started_at desc, run.id desc
    ) <= spell.failure_count
),

logged as (
    select
        instance,
        try_cast(regexp_extract(message, '\(([0-9]+)\) server action #[0-9]+ failed', 1) as bigint) as cron_id,
        logged_at,
        trim(regexp_replace(message, '^[^\n]*', ''), ' ' || chr(10)) as error_text,
    from stg_ir_logging_last
    where logger = 'odoo.addons.base.models.ir_cron' and message like '%server action #% failed%'
),

-- A run that logs is the one that began last.
told_run as (
    select
        run.instance,
        run.id,
        any_value(logged.error_text) as error_text,
    from logged
    asof join stg_ir_cron_progress_last as run
        on run.instance = logged.instance
        and run.cron_id = logged.cron_id
        and run.started_at <= logged.logged_at
    group by run.instance, run.id
),

cron_run as (
    select
        run.*,
        cron.name,
        told_run.error_text,
        failed_run.id is not null or told_run.id is not null as is_failed,
        -- Odoo counts the interruption when a run begins and takes it back when it ends.
        coalesce(run.timeout_count, 0) > 0 and lead(run.id) over (
            partition by run.instance, run.cron_id order by run.started_at, run.id
        ) is not null as is_interrupted,
    from stg_ir_cron_progress_last as run
    left join stg_ir_cron_last as cron on cron.instance = run.instance and cron.id = run.cron_id
    left join (select distinct * from failed_run) as failed_run
        on failed_run.instance = run.instance and failed_run.id = run.id
    left join told_run on told_run.instance = run.instance and told_run.id = run.id
    where run.started_at is not null and run.cron_id is not null
)

select
    'cron:' || instance || ':' || id as event_key,
    'cron' as source,
    instance,
    'ir.cron' as record_model,
    cron_id as record_id,
    cron_id::varchar as flow_key,
    coalesce(name, 'scheduled action ' || cron_id) as flow_name,
    'internal' as direction,
    'schedule' as trigger,
    true as is_kpi,
    null::bigint as company_id,
    null::varchar as parent_key,
    if(is_failed or is_interrupted, 'failed', 'success') as status,
    if(is_interrupted, 'interrupted', nullif(regexp_extract(error_text, '([A-Za-z_][\w.]*)', 1), '')) as error_code,
    error_text,
    1 as attempts,
    is_failed or is_interrupted as has_failed,
    (is_failed or is_interrupted)::integer as failed_attempts,
    if(is_failed or is_interrupted, coalesce(changed_at, started_at), null) as first_failed_at,
    started_at as created_at,
    started_at,
    coalesce(changed_at, started_at) as ended_at,
    'derived' as ended_quality,
from cron_run
