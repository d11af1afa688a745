/*
title = "Stock adjustment over the limit"
definition = "A stock count or correction of the last 90 days that moved goods worth more than 1,000 (its limit) in the currency of the company, up or down. Goods without a known value, and scrap, are left out."
severity = "high"
about = "sensitive change"
sla = "3 d"
limit = 1000
owner = "Warehouse manager"
fallback = "Head of finance"
remedy = "recount, find out where the difference comes from, and note it on the product"
needs = ["stock_move"]
*/
with
adjustment as (
    select
        move.instance,
        move.id as move_id,
        move.product_id,
        move.company_id,
        move.moved_at,
        coalesce(target.plant, source.plant) as plant,
        target.usage = 'inventory' as is_loss,
        nullif(abs(move.value), 0) as value,
        coalesce(move.done_quantity, move.reserved_quantity) * coalesce(dim_unit.size, 1) as quantity,
    from stg_stock_move_last as move
    left join dim_location as source
        on source.instance = move.instance and source.location_id = move.source_location_id
    left join dim_location as target
        on target.instance = move.instance and target.location_id = move.destination_location_id
    left join dim_unit on dim_unit.instance = move.instance and dim_unit.unit_id = move.product_uom_id
    where move.state = 'done'
        -- Odoo 14 does not say which moves are counts: those from and to the place where lost goods go.
        and coalesce(move.is_inventory, (source.usage = 'inventory' or target.usage = 'inventory')
            and not coalesce(move.is_scrapped, false))
        and move.scrap_id is null
        and move.moved_at >= date_trunc('day', $as_of) - interval 90 day
),

valued as (
    select
        adjustment.*,
        coalesce(adjustment.value, adjustment.quantity / coalesce(own_unit.size, 1) * cost.unit_cost) as amount,
    from adjustment
    asof left join fct_product_cost as cost
        on cost.instance = adjustment.instance
        and cost.product_id = adjustment.product_id
        and cost.company_id = adjustment.company_id
        and cost.held_from <= adjustment.moved_at
    left join stg_product_product_last as product
        on product.instance = adjustment.instance and product.id = adjustment.product_id
    left join stg_product_template_last as template
        on template.instance = product.instance and template.id = product.product_tmpl_id
    left join dim_unit as own_unit on own_unit.instance = template.instance and own_unit.unit_id = template.uom_id
)

select
    valued.instance,
    'stock.move' as record_model,
    valued.move_id as record_id,
    dim_product.product as name,
    valued.plant,
    valued.moved_at as since_at,
    if(valued.is_loss, 'less', 'more') || ' than booked: ' || format('{:g}', abs(valued.quantity)) as detail,
    valued.amount,
    currency.name as currency,
from valued
left join dim_product
    on dim_product.instance = valued.instance and dim_product.product_id = valued.product_id
left join stg_res_company_last as company
    on company.instance = valued.instance and company.id = valued.company_id
left join stg_res_currency_last as currency
    on currency.instance = company.instance and currency.id = company.currency_id
where valued.amount > limit_of('adjustment_over_limit', valued.plant)
