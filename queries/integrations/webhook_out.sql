/*
title = "Webhooks out"
definition = "Calls of server actions to other systems that failed or may have, as far as the server's log is kept in the database (--log-db)."
blind = "Calls that went well, so that there is no rate; every call of a server that does not log to the database; for which record a call was."
*/
-- Nobody repeats such a call. One that took longer than a second may have arrived; one of a transaction that was rolled
-- back was never made.
with
call as (
    select
        *,
        message like '%timed out after%' as is_late,
        message like '%cancelled due to a rollback%' as is_rolled_back,
        regexp_extract(message, '(?:host=.|://)(?:[^/@ ]*@)?([\w.-]+)', 1) as host,
    from stg_ir_logging_last
    where logger = 'odoo.addons.base.models.ir_actions' and message like 'Webhook call %'
)

select
    'webhook_out:' || instance || ':' || id as event_key,
    'webhook_out' as source,
    instance,
    'ir.logging' as record_model,
    id as record_id,
    coalesce(nullif(host, ''), 'unknown') as flow_key,
    'webhook to ' || coalesce(nullif(host, ''), 'another system') as flow_name,
    'out' as direction,
    'event' as trigger,
    false as is_kpi,
    case when is_late then 'unknown' when is_rolled_back then 'cancelled' else 'failed' end as status,
    level as native_status,
    if(is_late, 'delivery_unknown', null) as failure_class,
    case
        when is_late then 'timeout'
        when not is_rolled_back then
            coalesce(
                nullif(regexp_extract(message, 'failed: ([0-9]{3}) ', 1), ''),
                nullif(regexp_extract(message, 'Caused by (\w+)', 1), ''),
                'failed'
            )
    end as error_code,
    message as error_text,
    if(is_rolled_back, 0, 1) as attempts,
    1 as max_attempts,
    not is_late and not is_rolled_back as has_failed,
    (not is_late and not is_rolled_back)::integer as failed_attempts,
    if(not is_late and not is_rolled_back, logged_at, null) as first_failed_at,
    logged_at as ended_at,
    'derived' as ended_quality,
    not is_rolled_back as is_dead_letter,
from call
where level in ('WARNING', 'ERROR')
