/*
title = "What is made and consumed has a cost"
definition = "A product or component of an active bill of materials has a cost above 0 in the companies whose costs can be read. Services are left out, and so is everything where no cost can be read."
severity = "warn"
about = "master data"
owner = "Cost accountant"
remedy = "set the cost of the product: until then its orders and adjustments are worth nothing"
*/
with
used as (
    select
        instance,
        product_id,
    from stg_mrp_bom_line
    union
    select
        product.instance,
        product.id as product_id,
    from stg_mrp_bom as bom
    inner join stg_product_product as product
        on product.instance = bom.instance
        and product.product_tmpl_id = bom.product_tmpl_id
        and coalesce(bom.product_id, product.id) = product.id
    where coalesce(bom.active, true)
)

select
    product.instance,
    'product.product' as record_model,
    product.id as record_id,
    dim_product.product as name,
    null::varchar as plant,
    'no cost' as detail,
    -- Shown in the reading user's company only: any noted cost of another one will do.
    product.standard_cost <= 0
    and not exists (
        from fct_product_cost as cost
        where cost.instance = product.instance and cost.product_id = product.id and cost.unit_cost > 0
    ) as is_wrong,
from used
inner join stg_product_product as product
    on product.instance = used.instance and product.id = used.product_id and coalesce(product.active, true)
inner join stg_product_template as template
    on template.instance = product.instance and template.id = product.product_tmpl_id
left join dim_product
    on dim_product.instance = product.instance and dim_product.product_id = product.id
where coalesce(template.type, 'product') <> 'service' and product.standard_cost is not null
