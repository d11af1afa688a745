/*
title = "Webhooks in"
definition = "Every call of an automation rule's webhook that Odoo logs, and which of them failed."
blind = "Calls of rules that do not log their calls, calls of an address that is none, who called, and how long it took."
*/
-- Odoo logs a call, and its failure beside it in the same transaction, so with the same moment. Over RPC moments are
-- cut to seconds, so that several calls may share one: a failure is then that of the entry before it, or else of one
-- that is left. What a call had done before it failed may have stayed.
with
entry as (
    select
        *,
        try_cast(regexp_extract(source, '\(([0-9]+)\)', 1) as bigint) as rule_id,
        level = 'ERROR' as is_failure,
        lag(level) over moment as level_before,
        lead(level) over moment as level_after,
    from stg_ir_logging_last
    where source like 'base_automation(%'
    window moment as (partition by instance, source, logged_at order by id)
),

call as (
    select
        *,
        row_number() over (
            partition by instance, source, logged_at order by coalesce(level_after = 'ERROR', false) desc, id desc
        ) as turn,
    from entry
    where not is_failure
),

failure as (
    select
        *,
        row_number() over (
            partition by instance, source, logged_at order by coalesce(level_before <> 'ERROR', false) desc, id desc
        ) as turn,
    from entry
    where is_failure
),

happened as (
    select
        coalesce(call.instance, failure.instance) as instance,
        coalesce(call.id, failure.id) as id,
        coalesce(call.rule_id, failure.rule_id) as rule_id,
        coalesce(call.logged_at, failure.logged_at) as logged_at,
        failure.id is not null as has_failed,
        case
            when failure.message like '%because no record to run it on%' then 'no record'
            when failure.message like '%because the record_getter failed%' then 'record_getter'
        end as refused_for,
        trim(
            regexp_replace(
                failure.message, '^Webhook #[0-9]+ (failed with error:|could not be triggered because)?', ''
            ),
            ' ' || chr(10)
        ) as error_text,
    from call
    full join failure
        on failure.instance = call.instance
        and failure.source = call.source
        and failure.logged_at = call.logged_at
        and failure.turn = call.turn
)

select
    'webhook_in:' || happened.instance || ':' || happened.id as event_key,
    'webhook_in' as source,
    happened.instance,
    'base.automation' as record_model,
    happened.rule_id as record_id,
    happened.rule_id::varchar as flow_key,
    coalesce(rule.name, 'automation rule ' || happened.rule_id) as flow_name,
    'in' as direction,
    'webhook' as trigger,
    true as is_kpi,
    model.model as odoo_model,
    if(happened.has_failed, 'failed', 'success') as status,
    if(happened.has_failed, 'ERROR', 'INFO') as native_status,
    if(happened.refused_for is not null, 'business', null) as failure_class,
    coalesce(happened.refused_for, nullif(regexp_extract(happened.error_text, '[A-Za-z_][\w.]*'), '')) as error_code,
    happened.error_text,
    1 as attempts,
    1 as max_attempts,
    happened.has_failed,
    happened.has_failed::integer as failed_attempts,
    if(happened.has_failed, happened.logged_at, null) as first_failed_at,
    happened.logged_at as created_at,
    happened.logged_at as started_at,
    happened.logged_at as ended_at,
    'lower_bound' as ended_quality,
    if(happened.has_failed, true, null) as side_effects,
from happened
left join stg_base_automation_last as rule
    on rule.instance = happened.instance and rule.id = happened.rule_id
left join stg_ir_model_last as model
    on model.instance = happened.instance and model.id = rule.model_id
