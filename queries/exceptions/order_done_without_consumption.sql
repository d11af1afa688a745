/*
title = "Done without consumption"
definition = "A production order that was done within the limit of days and consumed none of its components: stock and cost are wrong. Orders without components, and those that consumed a part of them, are left out."
severity = "high"
sla = "2 d"
limit = "90 d"
owner = "Shift supervisor"
fallback = "Plant controller"
remedy = "unlock the order and enter what was consumed, or count the components' stock"
*/
with
component as (
    select
        instance,
        raw_material_production_id as record_id,
        count(*) as component_count,
        bool_or(state = 'done' and coalesce(done_quantity, reserved_quantity, demand_quantity, 0) > 0) as is_consumed,
    from stg_stock_move_last
    where raw_material_production_id is not null and gone_at is null
    group by instance, raw_material_production_id
)

select
    production.instance,
    production.record_model,
    production.record_id,
    production.name,
    production.plant,
    production.done_at as since_at,
    production.responsible,
    component.component_count || if(component.component_count = 1, ' component', ' components') || ' planned, none consumed' as detail,
from fct_production_order as production
inner join component
    on component.instance = production.instance and component.record_id = production.record_id
where not component.is_consumed
    and production.done_at >= $as_of - to_seconds(limit_of('order_done_without_consumption', production.plant))
