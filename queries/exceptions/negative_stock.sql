/*
title = "Negative stock"
definition = "Stock of a product in a place of one's own that is below zero: more was taken out than was ever booked in. It began with the transfer, order or count that took it below zero, or, where Odoo's moves do not tell, when a refresh first saw it. The money is what the missing pieces cost by the product's cost price."
severity = "high"
sla = "1 d"
owner = "Warehouse manager"
fallback = "Plant manager"
remedy = "book in what came, or count the place and adjust it"
needs = ["stock_quant"]
*/
with
negative as (
    select
        quant.instance,
        quant.id,
        quant.product_id,
        quant.location_id,
        coalesce(quant.lot_id, 0) as lot_id,
        coalesce(quant.package_id, 0) as package_id,
        quant.company_id,
        quant.quantity,
    from stg_stock_quant as quant
    inner join dim_location as place
        on place.instance = quant.instance and place.location_id = quant.location_id
    where quant.quantity < -1e-6 and place.usage = 'internal'
),

flow as (
    select
        instance,
        id,
        product_id,
        moved_at,
        unnest([
            {'location_id': source_location_id, 'package_id': coalesce(package_id, 0), 'moved': -quantity},
            {'location_id': destination_location_id, 'package_id': coalesce(result_package_id, 0), 'moved': quantity}
        ], max_depth := 2),
        coalesce(lot_id, 0) as lot_id,
    from stg_stock_move_line
    where state = 'done' and (instance, product_id) in (select (instance, product_id) from negative)
),

-- From today's stock backwards: what there was before each of the moves.
before as (
    select
        negative.instance,
        negative.id,
        flow.moved_at,
        negative.quantity - sum(flow.moved) over (
            partition by negative.instance, negative.id order by flow.moved_at desc, flow.id desc
        ) as quantity,
    from negative
    inner join flow using (instance, product_id, location_id, lot_id, package_id)
),

began as (
    select
        instance,
        id,
        max(moved_at) as since_at,
    from before
    where quantity > -1e-6
    group by instance, id
),

-- The versions since it was last seen at zero or above.
seen as (
    select
        instance,
        id,
        min(valid_from) as since_at,
    from (
        select
            instance,
            id,
            valid_from,
            bool_and(quantity < -1e-6) over (
                partition by instance, id order by valid_from desc
            ) as is_negative_since,
        from stg_stock_quant_history
    )
    where is_negative_since
    group by instance, id
)

select
    negative.instance,
    'stock.quant' as record_model,
    negative.id as record_id,
    coalesce(dim_product.product, 'product ' || negative.product_id) || ' in ' || place.location as name,
    place.plant,
    coalesce(began.since_at, seen.since_at) as since_at,
    format('{:g} pieces', negative.quantity) as detail,
    -negative.quantity * product.standard_cost as amount,
    currency.name as currency,
from negative
inner join dim_location as place
    on place.instance = negative.instance and place.location_id = negative.location_id
left join dim_product
    on dim_product.instance = negative.instance and dim_product.product_id = negative.product_id
left join stg_product_product_last as product
    on product.instance = negative.instance and product.id = negative.product_id
left join stg_res_company_last as company
    on company.instance = negative.instance and company.id = negative.company_id
left join stg_res_currency_last as currency
    on currency.instance = negative.instance and currency.id = company.currency_id
left join began on began.instance = negative.instance and began.id = negative.id
left join seen on seen.instance = negative.instance and seen.id = negative.id
