/*
title = "Done without consumption"
definition = "A production order that was done within the limit of days and consumed none of its components: stock and cost are wrong. Orders without components, and those that consumed a part of them, are left out. The money is that of the components at their cost."
severity = "high"
sla = "2 d"
limit = "90 d"
owner = "Shift supervisor"
fallback = "Plant controller"
remedy = "unlock the order and enter what was consumed, or count the components' stock"
*/
with
-- Costs are per unit of the product; a component may be planned in another one.
cost as (
    select
        product.instance,
        product.id as product_id,
        product.standard_cost / coalesce(dim_unit.size, 1) as cost_per_size,
        dim_unit.size,
    from stg_product_product_last as product
    left join stg_product_template_last as template
        on template.instance = product.instance and template.id = product.product_tmpl_id
    left join dim_unit on dim_unit.instance = template.instance and dim_unit.unit_id = template.uom_id
),

component as (
    select
        move.instance,
        move.raw_material_production_id as record_id,
        count(*) as component_count,
        bool_or(
            move.state = 'done' and coalesce(move.done_quantity, move.reserved_quantity, move.demand_quantity, 0) > 0
        ) as is_consumed,
        sum(move.demand_quantity * cost.cost_per_size * if(cost.size is null, 1, coalesce(dim_unit.size, cost.size)))
            as amount,
        bool_or(cost.cost_per_size is null) as is_part_unknown,
    from stg_stock_move_last as move
    left join cost on cost.instance = move.instance and cost.product_id = move.product_id
    left join dim_unit on dim_unit.instance = move.instance and dim_unit.unit_id = move.product_uom_id
    where move.raw_material_production_id is not null and move.gone_at is null
    group by move.instance, move.raw_material_production_id
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
    if(component.is_part_unknown, null, component.amount) as amount,
    company.currency,
from fct_production_order as production
inner join component
    on component.instance = production.instance and component.record_id = production.record_id
left join (select distinct instance, company, currency from dim_company) as company
    on company.instance = production.instance and company.company = production.company
where not component.is_consumed
    and production.done_at >= $as_of - to_seconds(limit_of('order_done_without_consumption', production.plant))
