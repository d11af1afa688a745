/*
title = "Automation under review"
definition = "Every scheduled action, automation rule and outgoing webhook of Odoo, and every flow of n8n: whether it works, who answers for it, how many runs and failures of it are known since `since_at`, and when it ran last; what fails or stands still first. Where its source keeps no runs the counts are empty: Odoo keeps none of rules, of the calls it makes, and of scheduled actions that went well."
*/
with
flow as (
    select
        instance,
        source,
        flow_key,
        any_value(interface) as interface,
        coalesce(any_value(owner), any_value(tagged_owner)) as owner,
        max(last_run_at) as last_run_at,
        arg_min(state, list_position(['failing', 'silent', 'degraded', 'unknown', 'up'], state)) as state,
        arg_min(reason, list_position(['failing', 'silent', 'degraded', 'unknown', 'up'], state)) as reason,
        list(distinct plant order by plant) filter (where plant is not null) as plants,
    from fct_interface_health
    where source in ('ir_cron', 'webhook_in', 'n8n')
    group by instance, source, flow_key
),

used as (
    select
        instance,
        source,
        flow_key,
        count(*) as run_count,
        count(*) filter (where has_failed) as failure_count,
    from fct_integration_transaction
    where coalesce(started_at, created_at, ended_at) >= $since_at
    group by instance, source, flow_key
),

automation as (
    select
        instance,
        record_model,
        record_id,
        case record_model when 'ir.cron' then 'ir_cron' when 'base.automation' then 'webhook_in' end as source,
        record_id::varchar as flow_key,
        name,
        kind,
        target_model,
        state,
        case
            when failing_since_at is not null then 'since ' || strftime(failing_since_at, '%-d %b %Y')
            when late_since_at is not null then 'was to run on ' || strftime(late_since_at, '%-d %b %Y')
            else unknown_because
        end as reason,
        last_run_at,
        state <> 'unknown' and kind = 'webhook' as is_told,
    from fct_automation
    where gone_at is null
    union all by name
    select
        instance,
        source,
        flow_key,
        interface as name,
        'n8n flow' as kind,
        if(state = 'up', 'works', state) as state,
        reason,
        last_run_at,
        true as is_told,
    from flow
    where source = 'n8n'
)

select
    automation.instance,
    automation.record_model,
    automation.record_id,
    automation.name,
    automation.kind,
    automation.target_model,
    automation.state,
    automation.reason,
    flow.owner,
    flow.plants,
    if(automation.is_told, coalesce(used.run_count, 0), null) as run_count,
    if(automation.is_told or used.failure_count > 0, coalesce(used.failure_count, 0), null) as failure_count,
    coalesce(automation.last_run_at, flow.last_run_at) as last_run_at,
    odoo_url(
        odoo_instance.url, odoo_instance.version, automation.record_model, automation.record_id
    ) as record_url,
from automation
left join flow
    on flow.instance = automation.instance
    and flow.source = automation.source
    and flow.flow_key = automation.flow_key
left join used
    on used.instance = automation.instance
    and used.source = automation.source
    and used.flow_key = automation.flow_key
left join odoo_instance on odoo_instance.instance = automation.instance
order by
    list_position(
        [
            'failing', 'silent', 'late', 'deactivated by Odoo', 'degraded', 'never ran', 'unknown', 'works',
            'switched off'
        ], automation.state
    ),
    automation.kind,
    automation.name,
    automation.record_model,
    automation.record_id
