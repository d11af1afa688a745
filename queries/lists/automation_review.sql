/*
title = "Automation under review"
definition = "Every scheduled action, automation rule, incoming and outgoing webhook of Odoo, and every flow of n8n: whether it works, who answers for it (owner: ops.toml or a tag in n8n) or else who made it, how many runs and failures of it are known since `since_at`, and when it ran last; what fails or stands still first. Where its source keeps no runs the counts are empty: Odoo keeps those of scheduled actions for a week (from version 18 on), and none of rules and of the calls it makes."
*/
with
flow as (
    select
        instance,
        source,
        flow_key,
        any_value(interface) filter (where is_configured) as interface,
        coalesce(any_value(owner), any_value(tagged_owner)) as owner,
        max(last_run_at) as last_run_at,
        arg_min(if(state = 'up', 'works', state), automation_rank(if(state = 'up', 'works', state))) as state,
        arg_min(reason, automation_rank(if(state = 'up', 'works', state))) as reason,
        list(distinct plant order by plant) filter (where plant is not null) as plants,
    from fct_interface_health
    where source in ('cron', 'webhook_in', 'n8n')
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
        case record_model when 'ir.cron' then 'cron' when 'base.automation' then 'webhook_in' end as source,
        record_id::varchar as flow_key,
        name,
        if(kind = 'webhook', 'incoming webhook', kind) as kind,
        target_model,
        state,
        case
            when failing_since_at is not null then 'since ' || strftime(failing_since_at, '%-d %b %Y')
            when late_since_at is not null then 'was to run on ' || strftime(late_since_at, '%-d %b %Y')
            else unknown_because
        end as reason,
        last_run_at,
        null::varchar as owner,
        made_by_id,
        state <> 'unknown' and kind = 'webhook' as is_told,
    from fct_automation
    where gone_at is null
    union all by name
    select
        n8n.instance,
        'n8n' as source,
        n8n.flow_key,
        coalesce(flow.interface, n8n.name) as name,
        'n8n flow' as kind,
        case
            when not n8n.is_active then 'switched off'
            when flow.state is not null then flow.state
            when n8n.keeps_success then 'never ran'
            else 'unknown'
        end as state,
        case
            when not n8n.is_active then null
            when flow.state is not null then flow.reason
            when not n8n.keeps_success then 'n8n is told to keep no run of it that went well'
        end as reason,
        n8n.owner,
        n8n.keeps_success or flow.state is not null as is_told,
    from dim_n8n_flow as n8n
    left join flow on flow.instance = n8n.instance and flow.source = 'n8n' and flow.flow_key = n8n.flow_key
    where n8n.gone_at is null
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
    coalesce(flow.owner, automation.owner) as owner,
    dim_user.name as made_by,
    flow.plants,
    if(automation.is_told or used.run_count > 0, coalesce(used.run_count, 0), null) as run_count,
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
left join dim_user
    on dim_user.instance = automation.instance
    and dim_user.user_id = automation.made_by_id
    and dim_user.kind = 'human'
left join odoo_instance on odoo_instance.instance = automation.instance
order by
    automation_rank(automation.state),
    automation.kind,
    automation.name,
    automation.record_model,
    automation.record_id
