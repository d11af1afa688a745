/*
grain = "one row per scheduled action, automation rule and action that calls another system: whether it works, as far as Odoo tells"
key = ["instance", "record_model", "record_id"]
*/
-- state: works, failing, late, never ran, switched off, deactivated by Odoo, or unknown with the reason. A scheduled action
-- is late when it was to begin more than an hour and its own interval ago: the only sign there is before Odoo 18. A rule that runs when a
-- record changes leaves no trace: its failure undoes the change, and nothing of it stays. made_by_id: the user who made it, of a
-- scheduled action the one as whom it runs.
with
-- Odoo takes a scheduled action out of service after five failures in a row over at least seven days; the refresh
-- before may have seen all but the last.
cron as (
    select
        health.instance,
        health.record_model,
        health.record_id,
        health.name,
        'scheduled action' as kind,
        null::varchar as target_model,
        source.user_id as made_by_id,
        health.is_active,
        health.last_run_at,
        health.failing_since_at,
        if(
            source.next_run_at < least(coalesce(book.read_at, $as_of), $as_of) - greatest(
                interval 1 hour,
                source.interval_number * case source.interval_type
                    when 'minutes' then interval 1 minute
                    when 'hours' then interval 1 hour
                    when 'weeks' then interval 7 day
                    when 'months' then interval 1 month
                    else interval 1 day
                end
            ), source.next_run_at, null
        ) as late_since_at,
        source.failure_count is not null as is_told,
        coalesce(
            before.failure_count >= 4 and health.deactivated_at >= before.failing_since_at + interval 7 day, false
        ) as is_deactivated,
        health.gone_at,
    from fct_cron_health as health
    inner join stg_ir_cron_last as source
        on source.instance = health.instance and source.id = health.record_id
    left join source_state as book on book.instance = health.instance and book.source = 'ir_cron'
    left join (
        select
            instance,
            id,
            arg_max(failure_count, valid_from) as failure_count,
            arg_max(failing_since_at, valid_from) as failing_since_at,
        from stg_ir_cron_history
        where active and failure_count > 0
        group by instance, id
    ) as before on before.instance = health.instance and before.id = health.record_id
),

-- Of webhooks the calls that are logged.
last_success as (
    select
        instance,
        record_id,
        max(started_at) as success_at,
    from fct_integration_event
    where source = 'webhook_in' and status = 'success'
    group by instance, record_id
),

called as (
    select
        call.instance,
        call.record_id,
        max(call.started_at) as last_run_at,
        min(call.started_at) filter (
            where call.status = 'failed' and call.started_at > coalesce(last_success.success_at, '-infinity')
        ) as failing_since_at,
    from fct_integration_event as call
    left join last_success
        on last_success.instance = call.instance and last_success.record_id = call.record_id
    where call.source = 'webhook_in'
    group by call.instance, call.record_id
),

rule as (
    select
        rule.instance,
        'base.automation' as record_model,
        rule.id as record_id,
        coalesce(rule.name, action.name, 'automation rule ' || rule.id) as name,
        case
            when rule.trigger = 'on_webhook' then 'webhook'
            when rule.trigger like 'on_time%' then 'rule by time'
            else 'rule by event'
        end as kind,
        model.model as target_model,
        rule.created_by_id as made_by_id,
        coalesce(rule.active, true) as is_active,
        if(rule.trigger = 'on_webhook', called.last_run_at, rule.last_run_at) as last_run_at,
        called.failing_since_at,
        case
            when rule.trigger = 'on_webhook' then coalesce(rule.is_logged, false)
            else rule.trigger like 'on_time%'
        end as is_told,
        false as is_deactivated,
        rule.gone_at,
    from stg_base_automation_last as rule
    left join stg_ir_actions_server_last as action
        on action.instance = rule.instance and action.id = rule.action_id
    left join stg_ir_model_last as model
        on model.instance = rule.instance and model.id = coalesce(rule.model_id, action.model_id)
    left join called on called.instance = rule.instance and called.record_id = rule.id
),

outgoing as (
    select
        action.instance,
        'ir.actions.server' as record_model,
        action.id as record_id,
        action.name,
        'outgoing webhook' as kind,
        model.model as target_model,
        action.created_by_id as made_by_id,
        true as is_active,
        null::timestamp as last_run_at,
        null::timestamp as failing_since_at,
        false as is_told,
        false as is_deactivated,
        action.gone_at,
    from stg_ir_actions_server_last as action
    left join stg_ir_model_last as model on model.instance = action.instance and model.id = action.model_id
    where action.state = 'webhook'
),

automation as (
    select * from cron
    union all by name
    select * from rule
    union all by name
    select * from outgoing
)

select
    instance,
    record_model,
    record_id,
    name,
    kind,
    target_model,
    is_active,
    last_run_at,
    failing_since_at,
    if(is_active, late_since_at, null) as late_since_at,
    case
        when is_deactivated then 'deactivated by Odoo'
        when not is_active then 'switched off'
        when failing_since_at is not null then 'failing'
        when late_since_at is not null then 'late'
        when not is_told then 'unknown'
        when last_run_at is null then 'never ran'
        else 'works'
    end as state,
    case
        when not is_active or is_deactivated or is_told or coalesce(failing_since_at, late_since_at) is not null then null
        when kind = 'scheduled action' then 'Odoo counts failures of scheduled actions from version 18 on'
        when kind = 'webhook' then 'its calls are not logged'
        when kind = 'outgoing webhook' then 'Odoo keeps nothing of the calls it makes'
        else 'Odoo keeps nothing of the runs of rules that follow a change'
    end as unknown_because,
    made_by_id,
    gone_at,
from automation
