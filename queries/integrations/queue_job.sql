/*
title = "Background jobs"
definition = "Every job of OCA queue_job, with the failures that requeueing and setting it to done by hand erase from its row."
blind = "Jobs that Odoo cleared away before they were first read. A try that failed and was repeated between two refreshes is counted, but its time is not known, nor when the job first began."
*/
-- A job's row says how it stands now: requeueing it clears its failures, and setting it to done by hand makes it look
-- like a success. What happened is told by the messages of its failures, and by what the refreshes saw.
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
        -- A job that is tried again keeps the start of its last try alone.
        min(started_at) filter (where coalesce(retry, 0) <= (state in ('done', 'failed'))::int) as first_started_at,
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
        arg_max_null(failed_seen_at, life) as last_life_failed_seen_at,
        min(started_at) as started_at,
        min(first_started_at) as first_started_at,
        bool_or(tries > 1 and first_started_at is null) as is_first_start_lost,
        arg_max(exc_name, last_at) filter (where exc_name is not null) as exc_name,
        arg_max(exc_message, last_at) filter (where exc_name is not null) as exc_message,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at,
    from life
    group by instance, id
),

-- The records a job is for, as etl/mask.py left them of its call: "stock.picking(101,102)".
concerned as (
    select
        instance,
        id,
        list(struct_pack(odoo_model := odoo_model, odoo_res_id := odoo_res_id) order by odoo_model, odoo_res_id)
            as odoo_records,
    from (
        select distinct
            instance,
            id,
            split_part(named, '(', 1) as odoo_model,
            unnest(regexp_extract_all(split_part(named, '(', 2), '[0-9]+'))::bigint as odoo_res_id,
        from (select instance, id, unnest(string_split(records, ' ')) as named from stg_queue_job_last)
    )
    group by instance, id
),

job as (
    select
        job.*,
        concerned.odoo_records,
        seen.exc_name as last_exc_name,
        seen.exc_message as last_exc_message,
        seen.first_seen_at,
        coalesce(seen.last_seen_at, seen.first_seen_at) as last_seen_at,
        if(seen.is_first_start_lost, null, least(seen.first_started_at, failure.first_failed_at)) as first_started_at,
        least(seen.started_at, failure.first_failed_at) as known_started_at,
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
            or coalesce(seen.last_life_failed_seen_at >= job.started_at, false)
            or coalesce(job.result like 'Manually set to done by %', false)
        ) as is_done_by_hand,
    from stg_queue_job_last as job
    inner join seen on seen.instance = job.instance and seen.id = job.id
    left join failure on failure.instance = job.instance and failure.job_id = job.id
    left join concerned on concerned.instance = job.instance and concerned.id = job.id
)

select
    -- Odoo does not make sure that no two jobs have the same uuid.
    'queue_job:' || instance || ':' || case
        when uuid is null then id::varchar
        when row_number() over (partition by instance, uuid order by id) = 1 then uuid
        else uuid || '#' || id
    end as event_key,
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
    coalesce(odoo_records[1].odoo_model, document_model) as odoo_model,
    if(len(odoo_records) = 1, odoo_records[1].odoo_res_id, null) as odoo_res_id,
    odoo_records,
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
    coalesce(first_failed_at, if(coalesce(tries, 0) > 1, known_started_at, null)) as first_failed_at,
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
    state = 'failed' as is_dead_letter,
    if(failure_count > 0, coalesce(first_failed_at, known_started_at), null) as dead_at,
    first_seen_at,
    last_seen_at,
from job
