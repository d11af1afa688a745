/*
grain = "one row per run as its source records it: a background job (OCA queue_job), a run of a scheduled action"
key = ["event_key"]
person = ["error_text"]
*/
-- A job's row says how it stands now: requeueing it clears its failures, and setting it to done by hand makes it look
-- like a success. What happened is told by the messages of its failures, and by what the refreshes saw.
-- A column is null where the source does not tell.
with
failure as (
    select
        message.instance,
        message.document_id as job_id,
        count(*) as failure_count,
        min(coalesce(message.created_at, message.sent_at)) as first_failed_at,
        max(coalesce(message.created_at, message.sent_at)) as last_failed_at,
    from stg_mail_message_last as message
    inner join stg_mail_message_subtype_last as subtype
        on subtype.instance = message.instance and subtype.id = message.subtype_id
    where message.document_model = 'queue.job' and subtype.document_model = 'queue.job'
    group by message.instance, message.document_id
),

-- Every requeueing begins a new life of a job, with its tries counted anew.
job_version as (
    select
        *,
        coalesce(retry < lag(retry) over history, false)
        or coalesce(state in ('pending', 'wait_dependencies') and lag(state) over history = 'failed', false) as is_reborn,
    from stg_queue_job_history
    window history as (partition by instance, id order by valid_from)
),

life as (
    select
        instance,
        id,
        life,
        max(retry) as tries,
        min(valid_from) filter (where state = 'failed') as failed_seen_at,
        min(started_at) as started_at,
        arg_max(exc_name, valid_from) filter (where exc_name is not null) as exc_name,
        arg_max(exc_message, valid_from) filter (where exc_name is not null) as exc_message,
        max(valid_from) as last_at,
        min(valid_from) as first_seen_at,
        max(seen_at) as last_seen_at,
    from (
        select
            *,
            sum(is_reborn::int) over (partition by instance, id order by valid_from) as life,
        from job_version
    )
    group by instance, id, life
),

seen as (
    select
        instance,
        id,
        sum(tries) as tries,
        count(*) filter (where failed_seen_at is not null) as failure_count,
        min(failed_seen_at) as failed_seen_at,
        arg_max(failed_seen_at, last_at) as last_failed_seen_at,
        min(started_at) as started_at,
        arg_max(exc_name, last_at) filter (where exc_name is not null) as exc_name,
        arg_max(exc_message, last_at) filter (where exc_name is not null) as exc_message,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at,
    from life
    group by instance, id
),

job as (
    select
        job.*,
        seen.exc_name as last_exc_name,
        seen.exc_message as last_exc_message,
        seen.first_seen_at,
        coalesce(seen.last_seen_at, seen.first_seen_at) as last_seen_at,
        least(seen.started_at, failure.first_failed_at, job.started_at) as first_started_at,
        greatest(
            coalesce(failure.failure_count, 0), coalesce(seen.failure_count, 0), (job.state = 'failed')::int
        ) as failure_count,
        coalesce(failure.first_failed_at, seen.failed_seen_at) as first_failed_at,
        coalesce(failure.last_failed_at, seen.last_failed_seen_at) as last_failed_at,
        failure.last_failed_at is not null as is_failure_told,
        seen.tries,
        -- The last run failed, or there was none: somebody else said that it is done.
        job.state = 'done' and (
            coalesce(job.retry, 0) = 0
            or job.started_at is null
            or coalesce(failure.last_failed_at >= date_trunc('second', job.started_at), false)
            or coalesce(seen.last_failed_seen_at >= job.started_at, false)
            or coalesce(job.result like 'Manually set to done by %', false)
        ) as is_done_by_hand,
    from stg_queue_job_last as job
    inner join seen on seen.instance = job.instance and seen.id = job.id
    left join failure on failure.instance = job.instance and failure.job_id = job.id
),

job_event as (
    select
        'queue_job:' || instance || ':' || coalesce(uuid, id::varchar) as event_key,
        'queue_job' as source,
        instance,
        'queue.job' as record_model,
        id as record_id,
        coalesce(document_model || '.', '') || coalesce(method, 'job') as flow_key,
        coalesce(document_model || '.', '') || coalesce(method, 'job') as flow_name,
        'internal' as direction,
        'queue' as trigger,
        true as is_kpi,
        company_id,
        uuid as correlation_id,
        document_model as odoo_model,
        null::varchar as parent_key,
        case
            when is_done_by_hand then 'cancelled'
            when state = 'done' then 'success'
            when state = 'failed' then 'failed'
            when state = 'cancelled' then 'cancelled'
            when state = 'started' then 'running'
            when state = 'wait_dependencies' then 'waiting'
            when coalesce(retry, 0) > 0 or failure_count > 0 then 'retrying'
            when state in ('pending', 'enqueued') then 'pending'
            else 'unknown'
        end as status,
        state as native_status,
        coalesce(exc_name, last_exc_name) as error_code,
        coalesce(exc_message, last_exc_message) as error_text,
        -- Tries of the present life, and at least one for each earlier life, of which only the failure is left.
        greatest(
            coalesce(retry, 0) + failure_count - (state = 'failed' or is_done_by_hand and coalesce(retry, 0) > 0)::int,
            tries,
            failure_count
        )::integer as attempts,
        max_retries as max_attempts,
        failure_count > 0 or coalesce(tries, 0) > 1 or coalesce(retry, 0) > (state in ('done', 'started'))::int
            as has_failed,
        greatest(failure_count, coalesce(tries, 0) - (state in ('done', 'started') and not is_done_by_hand)::int)::integer
            as failed_attempts,
        coalesce(first_failed_at, if(coalesce(tries, 0) > 1, first_started_at, null)) as first_failed_at,
        created_at,
        eligible_at,
        first_started_at as started_at,
        case state when 'done' then done_at when 'cancelled' then cancelled_at when 'failed' then last_failed_at end
            as ended_at,
        case
            when state = 'done' and done_at is not null then 'exact'
            when state = 'cancelled' and cancelled_at is not null then 'exact'
            when state = 'failed' and last_failed_at is not null then if(is_failure_told, 'derived', 'upper_bound')
            else 'missing'
        end as ended_quality,
        case
            when is_done_by_hand then 'done by hand'
            when state = 'cancelled' then 'cancelled'
            when state = 'done' then 'later success'
        end as resolution,
        first_seen_at,
        last_seen_at,
    from job
),

-- A run that failed looks like one that did not, but Odoo counts how often in a row an action has failed: the latest runs
-- up to then. A failure between two refreshes that was followed by a success is not seen. The last run is dated from just
-- before it began.
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

cron_run as (
    select
        run.*,
        cron.name,
        failed_run.id is not null as is_failed,
        -- Odoo counts the interruption when a run begins and takes it back when it ends.
        coalesce(run.timeout_count, 0) > 0 and lead(run.id) over (
            partition by run.instance, run.cron_id order by run.started_at, run.id
        ) is not null as is_interrupted,
    from stg_ir_cron_progress_last as run
    left join stg_ir_cron_last as cron on cron.instance = run.instance and cron.id = run.cron_id
    left join (select distinct * from failed_run) as failed_run
        on failed_run.instance = run.instance and failed_run.id = run.id
    where run.started_at is not null and run.cron_id is not null
),

cron_event as (
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
        if(is_interrupted, 'interrupted', null) as error_code,
        1 as attempts,
        is_failed or is_interrupted as has_failed,
        (is_failed or is_interrupted)::integer as failed_attempts,
        if(is_failed or is_interrupted, coalesce(changed_at, started_at), null) as first_failed_at,
        started_at as created_at,
        started_at,
        coalesce(changed_at, started_at) as ended_at,
        'derived' as ended_quality,
    from cron_run
),

event as (
    select * from job_event
    union all by name
    select * from cron_event
)

select
    event.event_key,
    event.source,
    event.instance,
    event.record_model,
    event.record_id,
    event.flow_key,
    event.flow_name,
    event.direction,
    event.trigger,
    event.is_kpi,
    event.company_id,
    company.company,
    company.plant,
    event.correlation_id,
    event.odoo_model,
    null::bigint as odoo_res_id,
    event.parent_key,
    event.event_key as root_key,
    event.status,
    event.native_status,
    case
        when event.error_code is null and not event.has_failed then null
        when event.error_code = 'interrupted' or event.error_code ilike '%timeout%' then 'timeout'
        when event.error_code ilike '%JobFoundDead%' then 'crash'
        when event.error_code like '%UserError' or event.error_code like '%ValidationError'
            or event.error_code like '%AccessError' or event.error_code like '%MissingError' then 'business'
        else 'technical'
    end as failure_class,
    event.error_code,
    left(event.error_text, 500) as error_text,
    null::varchar as error_node,
    event.attempts,
    event.max_attempts,
    event.has_failed,
    event.failed_attempts,
    event.first_failed_at,
    event.created_at,
    event.eligible_at,
    event.started_at,
    event.ended_at,
    event.ended_quality,
    greatest(0, epoch(event.started_at - greatest(event.created_at, event.eligible_at))) as queue_seconds,
    greatest(0, epoch(event.ended_at - event.started_at)) as exec_seconds,
    if(event.status = 'success', greatest(0, epoch(event.ended_at - event.created_at)), null) as e2e_seconds,
    event.source = 'queue_job' and event.status = 'failed' as is_dead_letter,
    if(event.source = 'queue_job' and event.status = 'failed', event.ended_at, null) as dead_at,
    if(event.has_failed and event.resolution is not null, event.ended_at, null) as resolved_at,
    if(event.has_failed, event.resolution, null) as resolved_by,
    null::boolean as side_effects,
    event.first_seen_at,
    event.last_seen_at,
    odoo_instance.version as source_version,
from event
left join dim_company as company
    on company.instance = event.instance and company.company_id = event.company_id
left join odoo_instance on odoo_instance.instance = event.instance
