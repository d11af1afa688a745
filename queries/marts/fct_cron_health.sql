/*
grain = "one row per scheduled action: how it is, and what the refreshes saw of its runs and failures"
key = ["instance", "record_id"]
person = ["runs_as"]
*/
-- Odoo writes over what the last run left, so a run or a failure between two refreshes is not seen.
with
seen as (
    select
        *,
        lag(seen_at) over history as after_at,
        lag(active) over history as was_active,
        lag(last_run_at) over history as earlier_run_at,
        row_number() over history > 1 as has_earlier,
        lag(coalesce(failure_count, 0)) over history as earlier_failure_count,
    from stg_ir_cron_history
    window history as (partition by instance, id order by valid_from)
),

watched as (
    select
        instance,
        id,
        min(valid_from) as watched_since_at,
        count(*) filter (where has_earlier and last_run_at is distinct from earlier_run_at) as seen_run_count,
        sum(greatest(coalesce(failure_count, 0) - earlier_failure_count, 0))::bigint as seen_failure_count,
        max(after_at) filter (where was_active and not active) as deactivated_after_at,
        max(valid_from) filter (where was_active and not active) as deactivated_at,
    from seen
    group by instance, id
)

select
    cron.instance,
    'ir.cron' as record_model,
    cron.id as record_id,
    cron.name,
    dim_user.name as runs_as,
    cron.active as is_active,
    cron.interval_number || ' ' || cron.interval_type as interval,
    cron.last_run_at,
    cron.next_run_at,
    coalesce(cron.failure_count, 0) as failure_count,
    cron.failing_since_at,
    watched.watched_since_at,
    watched.seen_run_count,
    watched.seen_failure_count,
    case when not cron.active then watched.deactivated_after_at end as deactivated_after_at,
    case when not cron.active then watched.deactivated_at end as deactivated_at,
    cron.gone_at,
    cron.gone_by,
from stg_ir_cron_last as cron
inner join watched on watched.instance = cron.instance and watched.id = cron.id
left join dim_user
    on dim_user.instance = cron.instance and dim_user.user_id = cron.user_id
