/*
grain = "one row per production order that is done: what it cost, and what it should have cost (both in the currency of its company)"
key = ["instance", "record_id"]
person = ["responsible"]
*/
with
-- What one piece of a product is in its own unit, and in any other.
product as (
    select
        product.instance,
        product.id as product_id,
        coalesce(own_unit.size, 1) as own_size,
    from stg_product_product_last as product
    left join stg_product_template_last as template
        on template.instance = product.instance and template.id = product.product_tmpl_id
    left join dim_unit as own_unit on own_unit.instance = template.instance and own_unit.unit_id = template.uom_id
),

moved as (
    select
        instance,
        coalesce(raw_material_production_id, production_id) as production_id,
        raw_material_production_id is not null as is_component,
        product_id,
        product_uom_id,
        coalesce(done_quantity, reserved_quantity) as quantity,
        nullif(value, 0) as value,
        company_id,
        moved_at,
    from stg_stock_move_last
    where state = 'done'
        and (raw_material_production_id is not null or production_id is not null)
        and scrap_id is null
        and coalesce(done_quantity, reserved_quantity) <> 0
),

-- Where Odoo did not value a component, and for what was made: what a unit cost when it was moved.
costed as (
    select
        moved.instance,
        moved.production_id,
        moved.is_component,
        moved.quantity * coalesce(dim_unit.size, 1) / product.own_size * cost.unit_cost as amount,
    from moved
    asof left join fct_product_cost as cost
        on cost.instance = moved.instance
        and cost.product_id = moved.product_id
        and cost.company_id = moved.company_id
        and cost.held_from <= moved.moved_at
    left join product on product.instance = moved.instance and product.product_id = moved.product_id
    left join dim_unit on dim_unit.instance = moved.instance and dim_unit.unit_id = moved.product_uom_id
    where not moved.is_component or moved.value is null
),

goods as (
    select
        instance,
        production_id,
        -- One component or product without a cost leaves the whole order unknown, never cheaper.
        if(count(*) filter (where is_component and amount is null) > 0, null, sum(amount) filter (where is_component))
            as material_amount,
        if(
            count(*) filter (where not is_component and amount is null) > 0,
            null,
            sum(amount) filter (where not is_component)
        ) as standard_amount,
    from (
        select
            instance,
            production_id,
            is_component,
            amount,
        from costed
        union all
        select
            instance,
            production_id,
            true as is_component,
            value as amount,
        from moved
        where is_component and value is not null
    )
    group by instance, production_id
),

effort as (
    select
        workorder.instance,
        workorder.production_id,
        sum(coalesce(workorder.actual_minutes, 0) / 60 * coalesce(center.hourly_cost, 0)) as work_amount,
    from stg_mrp_workorder_last as workorder
    left join stg_mrp_workcenter_last as center
        on center.instance = workorder.instance and center.id = workorder.workcenter_id
    where workorder.state <> 'cancel'
    group by workorder.instance, workorder.production_id
)

select
    production.instance,
    production.record_model,
    production.record_id,
    production.name,
    production.plant,
    production.company,
    production.product,
    production.product_family,
    production.responsible,
    dim_plant.currency,
    production.done_at,
    production.quantity,
    goods.material_amount,
    coalesce(effort.work_amount, 0) as work_amount,
    goods.standard_amount,
    case when goods.standard_amount > 0 then goods.material_amount + coalesce(effort.work_amount, 0) end
        as actual_amount,
from fct_production_order as production
inner join goods on goods.instance = production.instance and goods.production_id = production.record_id
left join effort on effort.instance = production.instance and effort.production_id = production.record_id
left join dim_plant on dim_plant.instance = production.instance and dim_plant.plant = production.plant
where production.done_at is not null
