/*
title = "Done without consumption"
definition = "A production order that was done within the limit of days and consumed none of its components: stock and cost are wrong. Orders without components, and those that consumed a part of them, are left out. The money is that of the components at their cost."
severity = "high"
about = "control"
sla = "2 d"
limit = "90 d"
owner = "Shift supervisor"
fallback = "Plant controller"
remedy = "unlock the order and enter what was consumed, or count the components' stock"
needs = ["mrp_production", "stock_move"]
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
),

bare as (
    select
        production.instance,
        production.record_model,
        production.record_id,
        production.name,
        production.plant,
        production.company,
        production.responsible,
        production.done_at,
        component.component_count,
    from fct_production_order as production
    inner join component
        on component.instance = production.instance and component.record_id = production.record_id
    where not component.is_consumed
        and production.done_at >= $as_of - to_seconds(limit_of('order_done_without_consumption', production.plant))
),

-- Costs are per unit of the product; a component may be planned in another one.
cost as (
    select
        product.instance,
        product.id as product_id,
        product.standard_cost,
        dim_unit.size,
    from stg_product_product_last as product
    left join stg_product_template_last as template
        on template.instance = product.instance and template.id = product.product_tmpl_id
    left join dim_unit on dim_unit.instance = template.instance and dim_unit.unit_id = template.uom_id
),

worth as (
    select
        bare.instance,
        bare.record_id,
        sum(move.demand_quantity * coalesce(dim_unit.size / cost.size, 1) * cost.standard_cost) as amount,
        bool_or(cost.standard_cost is null) as is_part_unknown,
    from bare
    inner join stg_stock_move_last as move
        on move.instance = bare.instance and move.raw_material_production_id = bare.record_id and move.gone_at is null
    left join cost on cost.instance = move.instance and cost.product_id = move.product_id
    left join dim_unit on dim_unit.instance = move.instance and dim_unit.unit_id = move.product_uom_id
    group by bare.instance, bare.record_id
)

select
    bare.instance,
    bare.record_model,
    bare.record_id,
    bare.name,
    bare.plant,
    bare.done_at as since_at,
    bare.responsible,
    bare.component_count || if(bare.component_count = 1, ' component', ' components') || ' planned, none consumed' as detail,
    if(worth.is_part_unknown, null, worth.amount) as amount,
    company.currency,
from bare
inner join worth on worth.instance = bare.instance and worth.record_id = bare.record_id
left join dim_company as company
    on company.instance = bare.instance and company.company = bare.company
