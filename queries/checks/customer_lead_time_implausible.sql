/*
title = "Customer lead times are plausible"
definition = "A product that was sold in the last year is promised within at most 180 days (its limit) and not before it is ordered; and where more than half of these products of an Odoo have a lead time, none has zero: it would be promised for the day it is ordered."
severity = "warn"
about = "master data"
limit = 180
owner = "Head of sales"
remedy = "look how long deliveries of the product take, and correct its customer lead time"
*/
with
sold as (
    select distinct
        product.instance,
        product.product_tmpl_id,
    from stg_sale_order_line as line
    inner join stg_product_product as product
        on product.instance = line.instance and product.id = line.product_id
    where line.state in ('sale', 'done')
        and line.created_at > (select max(created_at) from dim_document) - interval 365 day
),

told as (
    select
        template.instance,
        template.id,
        template.name,
        template.customer_lead_days as days,
        avg((template.customer_lead_days > 0)::int) over (partition by template.instance) as share,
    from stg_product_template as template
    inner join sold on sold.instance = template.instance and sold.product_tmpl_id = template.id
    where coalesce(template.active, true) and coalesce(template.type, 'product') <> 'service'
)

select
    instance,
    'product.template' as record_model,
    id as record_id,
    name,
    null::varchar as plant,
    printf('promised %g days after the order', days) as detail,
    coalesce(
        days < 0 or days > limit_of('customer_lead_time_implausible', null) or (days = 0 and share > 0.5), false
    ) as is_wrong,
from told
