/*
title = "Starts and completions of a shift"
definition = "Starts and completions of production orders of a plant that were planned for a span of time by the plan frozen at the release, or came in it: planned, came, and until when it counts as on time. Back-orders, and orders whose plan nobody saw, have no plan. Cancelled orders are left out."
*/
with
-- A range that stands alone is looked up in the order of the table; one of two that may hold reads all of it.
milestone as (
    select
        instance,
        record_model,
        record_id,
        name,
        plant,
        product,
        responsible,
        milestone,
        planned_at,
        due_at,
        actual_at,
        is_measured,
    from fct_schedule
    where actual_at >= $from_at and actual_at < $to_at and plant = $plant
    union
    select
        instance,
        record_model,
        record_id,
        name,
        plant,
        product,
        responsible,
        milestone,
        planned_at,
        due_at,
        actual_at,
        is_measured,
    from fct_schedule
    where planned_at >= $from_at and planned_at < $to_at and plant = $plant and is_measured
),

found as (
    select
        instance,
        record_model,
        record_id,
        name,
        plant,
        product,
        responsible,
        milestone,
        if(is_measured, planned_at, null) as planned_at,
        if(is_measured, due_at, null) as due_at,
        actual_at,
    from milestone
    union all by name
    select
        instance,
        record_model,
        record_id,
        name,
        plant,
        product,
        responsible,
        'start' as milestone,
        started_at as actual_at,
    from fct_production_order
    where started_at >= $from_at and started_at < $to_at and plant = $plant and is_backorder
    union all by name
    select
        instance,
        record_model,
        record_id,
        name,
        plant,
        product,
        responsible,
        'completion' as milestone,
        done_at as actual_at,
    from fct_production_order
    where done_at >= $from_at and done_at < $to_at and plant = $plant and is_backorder
)

select
    found.*,
    odoo_url(odoo_instance.url, odoo_instance.version, found.record_model, found.record_id) as record_url,
from found
left join odoo_instance on odoo_instance.instance = found.instance
order by coalesce(found.planned_at, found.actual_at), found.record_id, found.milestone desc
