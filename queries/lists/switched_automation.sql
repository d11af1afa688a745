/*
title = "Automation that was switched or changed"
definition = "Scheduled actions, automation rules and flows that somebody created, switched or deleted, with the plants they touch, and those that stand still now: switched off, by Odoo after failures or by a person at a time that is not known. The newest first."
*/
with
change as (
    select
        instance,
        marker,
        any_value(record_model) as record_model,
        any_value(record_id) as record_id,
        any_value(name) as name,
        any_value(kind) as what,
        any_value(changed_at) as changed_at,
        any_value(time_quality) as time_quality,
        list(distinct plant order by plant) filter (where plant is not null) as plants,
        any_value(owner) as owner,
        any_value(note) as note,
    from fct_change_marker
    where kind not in ('roll-out', 'Odoo upgrade')
    group by instance, marker
)

select
    change.instance,
    change.record_model,
    change.record_id,
    change.name,
    change.what,
    change.changed_at,
    change.time_quality,
    change.plants,
    change.owner,
    change.note,
    automation.state,
    odoo_url(odoo_instance.url, odoo_instance.version, change.record_model, change.record_id) as record_url,
from change
left join fct_automation as automation
    on automation.instance = change.instance
    and automation.record_model = change.record_model
    and automation.record_id = change.record_id
left join odoo_instance on odoo_instance.instance = change.instance
union all by name
select
    automation.instance,
    automation.record_model,
    automation.record_id,
    automation.name,
    automation.kind || ' ' || automation.state as what,
    automation.failing_since_at as changed_at,
    automation.state,
    odoo_url(
        odoo_instance.url, odoo_instance.version, automation.record_model, automation.record_id
    ) as record_url,
from fct_automation as automation
anti join change
    on change.instance = automation.instance
    and change.record_model = automation.record_model
    and change.record_id = automation.record_id
left join odoo_instance on odoo_instance.instance = automation.instance
where automation.gone_at is null and automation.state in ('switched off', 'deactivated by Odoo')
order by changed_at desc nulls last, name
