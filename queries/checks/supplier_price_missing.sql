/*
title = "Vendors have prices that hold"
definition = "Of a product that is bought, each vendor has a price above 0 that has not expired. A product is bought when an order line or a bill of materials of the last year names it."
severity = "warn"
about = "master data"
owner = "Head of purchasing"
remedy = "ask for the price, and enter it with the day until which it holds; or take the vendor off the product"
*/
with
today as (
    select max(created_at)::date as day from dim_document
),

bought as (
    select
        line.instance,
        line.product_id,
    from stg_purchase_order_line as line
    cross join today
    where line.created_at > today.day - interval 365 day
    union
    select
        instance,
        product_id,
    from stg_mrp_bom_line
),

bought_template as (
    select distinct
        product.instance,
        product.product_tmpl_id,
    from bought
    inner join stg_product_product as product
        on product.instance = bought.instance and product.id = bought.product_id and coalesce(product.active, true)
)

select
    info.instance,
    'product.supplierinfo' as record_model,
    max(info.id) as record_id,
    coalesce(any_value(partner.company_name), 'private vendor ' || info.partner_id) || ': ' || any_value(template.name)
        as name,
    null::varchar as plant,
    if(
        bool_or(coalesce(info.valid_to_on, date '9999-12-31') >= today.day),
        'no price', 'expired on ' || max(info.valid_to_on)
    ) as detail,
    coalesce(
        not bool_or(info.price > 0 and coalesce(info.valid_to_on, date '9999-12-31') >= today.day), false
    ) as is_wrong,
from stg_product_supplierinfo as info
cross join today
inner join bought_template
    on bought_template.instance = info.instance and bought_template.product_tmpl_id = info.product_tmpl_id
inner join stg_product_template as template
    on template.instance = info.instance and template.id = info.product_tmpl_id and coalesce(template.active, true)
left join dim_partner as partner
    on partner.instance = info.instance and partner.partner_id = info.partner_id
group by info.instance, info.product_tmpl_id, info.product_id, info.partner_id, info.company_id
