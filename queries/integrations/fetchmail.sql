/*
title = "Incoming e-mail"
definition = "Fetches of the servers that Odoo takes e-mail from, as the refreshes found them: the last one before each, and whether it failed."
blind = "All fetches between two refreshes; before Odoo 19, whether they went well; and single messages that could not be processed."
*/
-- A server tells its last fetch, and since when fetching it has failed.
with
taken as (
    select
        instance,
        id,
        fetched_at,
        arg_max(name, valid_from) as name,
        arg_max(state, valid_from) as state,
        arg_max(failing_since_at, valid_from) as failing_since_at,
        arg_max(error_message, valid_from) as error_text,
        min(valid_from) as first_seen_at,
        max(coalesce(seen_at, valid_from)) as last_seen_at,
    from stg_fetchmail_server_history
    where fetched_at is not null
    group by instance, id, fetched_at
),

judged as (
    select
        taken.*,
        case
            when taken.failing_since_at is not null then 'failed'
            when try_cast(regexp_extract(odoo_instance.version, '[0-9]+') as integer) < 19 then 'unknown'
            else 'success'
        end as status,
    from taken
    left join odoo_instance on odoo_instance.instance = taken.instance
)

select
    'fetchmail:' || instance || ':' || id || ',' || epoch(fetched_at)::bigint as event_key,
    'fetchmail' as source,
    instance,
    'fetchmail.server' as record_model,
    id as record_id,
    id::varchar as flow_key,
    name as flow_name,
    'in' as direction,
    'schedule' as trigger,
    status <> 'unknown' as is_kpi,
    status,
    state as native_status,
    error_text,
    if(status = 'failed', 'technical', null) as failure_class,
    status = 'failed' as has_failed,
    (status = 'failed')::integer as failed_attempts,
    if(status = 'failed', fetched_at, null) as first_failed_at,
    fetched_at as ended_at,
    'exact' as ended_quality,
    status = 'failed' and state = 'draft' as is_dead_letter,
    first_seen_at,
    last_seen_at,
from judged
