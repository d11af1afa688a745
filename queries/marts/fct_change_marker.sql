/*
grain = "one row per change that may move KPIs, and plant it touches: roll-outs of ops.toml, automation rules and scheduled actions that people created or that were switched, flows of n8n that were created or switched, upgrades of Odoo"
key = ["marker", "plant"]
*/
-- Of rules and actions only these are news: what somebody other than Odoo's own system user created (that user creates
-- what a module brings) while it was on, and what a refresh found switched since the one before. So nothing is a change
-- only because it was there at the first load. More than three of a kind at the same time are one change. An action
-- that ended because it had run as often as it was to is none.
-- n8n does not tell who created a flow, nor to which Odoo it speaks: it touches the plant of its tag, or else all. Its
-- models are those of the records that its runs were for.
-- kpis: those that ops.toml names; else those of the documents of `models`; without either, all.
with
action as (
    select
        action.instance,
        action.id,
        action.name,
        action.created_by_id,
        model.model,
    from stg_ir_actions_server_last as action
    left join stg_ir_model_last as model on model.instance = action.instance and model.id = action.model_id
),

-- Of which models the records were that its runs were for.
flow as (
    select
        workflow.instance,
        workflow.id,
        list(distinct run.odoo_model) filter (where run.odoo_model is not null) as models,
    from stg_n8n_workflow_last as workflow
    left join stg_n8n_execution_last as run
        on run.instance = workflow.instance and run.workflow_id = workflow.workflow_id
    group by workflow.instance, workflow.id
),

rule_version as (
    select
        'rule' as thing,
        'base.automation' as record_model,
        rule.instance,
        rule.id as record_id,
        coalesce(rule.name, action.name) as name,
        [coalesce(model.model, action.model)] as models,
        null::varchar as plant,
        coalesce(rule.active, true) as is_on,
        false as is_used_up,
        rule.created_at,
        rule.created_by_id,
        rule.valid_from,
        rule.valid_to,
        rule.closed_by,
        rule.seen_at,
    from stg_base_automation_history as rule
    left join stg_ir_model_last as model on model.instance = rule.instance and model.id = rule.model_id
    left join action on action.instance = rule.instance and action.id = rule.action_id

    union all

    select
        'scheduled action',
        'ir.cron',
        cron.instance,
        cron.id,
        coalesce(cron.name, action.name),
        [action.model],
        null,
        coalesce(cron.active, true),
        cron.remaining_calls = 0,
        cron.created_at,
        action.created_by_id,
        cron.valid_from,
        cron.valid_to,
        cron.closed_by,
        cron.seen_at,
    from stg_ir_cron_history as cron
    left join action on action.instance = cron.instance and action.id = cron.action_id

    union all

    select
        'flow',
        'n8n.workflow',
        workflow.instance,
        workflow.id,
        coalesce(workflow.name, workflow.workflow_id),
        flow.models,
        workflow.plant,
        coalesce(workflow.active, false) and not coalesce(workflow.is_archived, false),
        false,
        workflow.created_at,
        0,
        workflow.valid_from,
        workflow.valid_to,
        workflow.closed_by,
        workflow.seen_at,
    from stg_n8n_workflow_history as workflow
    left join flow on flow.instance = workflow.instance and flow.id = workflow.id
),

seen as (
    select
        *,
        first_value(name) over history as current_name,
        lead(is_on) over history as was_on,
        lead(seen_at) over history as last_seen_at,
        lead(valid_from) over history is null as is_first,
    from rule_version
    window history as (partition by record_model, instance, record_id order by valid_from desc)
),

observed as (
    select
        *,
        'created' as what,
        created_at as after_at,
        created_at as changed_at,
        'exact' as time_quality,
        date_trunc('minute', created_at) as bundle_at,
    from seen
    where is_first
        and is_on
        and created_at is not null
        and created_by_id <> 1

    union all

    select
        *,
        if(is_on, 'switched on', 'switched off'),
        coalesce(last_seen_at, valid_from),
        valid_from,
        'snapshot',
        valid_from,
    from seen
    where not is_first
        and is_on <> was_on
        and (is_on or not coalesce(is_used_up, false))

    union all

    select
        *,
        'deleted',
        coalesce(seen_at, valid_to),
        valid_to,
        'snapshot',
        valid_to,
    from seen
    where closed_by = 'deleted'
        and is_on
),

counted as (
    select
        *,
        count(*) over (partition by instance, thing, what, bundle_at) > 3 as is_one_of_many,
    from observed
),

observed_change as (
    select
        instance || '/' || record_model || '/' || record_id || '/' || what || '/' || changed_at as marker,
        if(thing = 'flow', (select min(instance) from odoo_instance having count(*) = 1), instance) as instance,
        thing || ' ' || what as kind,
        current_name as name,
        [current_name] as names,
        after_at,
        changed_at,
        time_quality,
        record_model,
        if(thing = 'flow', null, record_id) as record_id,
        list_filter(coalesce(models, []), lambda model: model is not null) as models,
        plant as flow_plant,
    from counted
    where not is_one_of_many

    union all

    select
        instance || '/' || thing || 's/' || what || '/' || bundle_at,
        if(thing = 'flow', (select min(instance) from odoo_instance having count(*) = 1), instance),
        thing || ' ' || what,
        count(*) || ' ' || thing || 's at once: ' || string_agg(current_name, ', ' order by current_name),
        list(distinct current_name),
        min(after_at),
        max(changed_at),
        any_value(time_quality),
        any_value(record_model),
        null,
        list_distinct(flatten(list(list_filter(coalesce(models, []), lambda model: model is not null)))),
        if(count(distinct coalesce(plant, '')) = 1, any_value(plant), null),
    from counted
    where is_one_of_many
    group by instance, thing, what, bundle_at
),

upgrade as (
    select
        instance,
        version,
        seen_from,
        lag(version) over history as earlier_version,
        lag(seen_to) over history as earlier_seen_to,
    from odoo_version
    window history as (partition by instance order by seen_from)
),

-- What ops.toml says of a rule or an action; of several that name one of a bundle, any.
about as (
    select
        observed_change.marker,
        nullif(cfg_marker.plant, '') as plant,
        cfg_marker.kpis,
        nullif(cfg_marker.owner, '') as owner,
        nullif(cfg_marker.note, '') as note,
    from observed_change
    inner join cfg_marker
        on cfg_marker.changed_on is null
        and cfg_marker.instance in ('', observed_change.instance)
        and list_contains(observed_change.names, cfg_marker.name)
    qualify row_number() over (partition by observed_change.marker, cfg_marker.plant order by cfg_marker.instance desc) = 1
),

marker as (
    select
        observed_change.* exclude (names, flow_plant),
        coalesce(about.plant, observed_change.flow_plant) as plant,
        about.kpis,
        about.owner,
        about.note,
    from observed_change
    left join about on about.marker = observed_change.marker

    union all by name

    select
        instance || '/upgrade/' || seen_from as marker,
        instance,
        'Odoo upgrade' as kind,
        'Odoo ' || earlier_version || ' to ' || version as name,
        coalesce(earlier_seen_to, seen_from) as after_at,
        seen_from as changed_at,
        'snapshot' as time_quality,
    from upgrade
    where earlier_version is not null

    union all by name

    select
        'ops.toml/' || instance || '/' || name || '/' || changed_on as marker,
        nullif(instance, '') as instance,
        'roll-out' as kind,
        name,
        changed_on::timestamp as after_at,
        changed_on::timestamp as changed_at,
        'date' as time_quality,
        nullif(plant, '') as plant,
        kpis,
        nullif(owner, '') as owner,
        nullif(note, '') as note,
    from cfg_marker
    where changed_on is not null
)

select
    marker.marker,
    marker.kind,
    marker.name,
    marker.after_at,
    marker.changed_at,
    marker.time_quality,
    coalesce(marker.instance, dim_plant.instance) as instance,
    dim_plant.plant,
    marker.record_model,
    marker.record_id,
    marker.models,
    marker.kpis,
    marker.owner,
    marker.note,
from marker
left join dim_plant
    on coalesce(marker.instance, dim_plant.instance) = dim_plant.instance
    and coalesce(marker.plant, dim_plant.plant) = dim_plant.plant
