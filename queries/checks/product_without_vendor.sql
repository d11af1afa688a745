/*
title = "What is bought has a vendor"
definition = "A component of an active bill of materials that may be bought, and is not made, has a vendor. Services are left out, and so is everything where no vendor's price can be read."
severity = "warn"
about = "master data"
owner = "Head of purchasing"
remedy = "add a vendor with price and lead time to the product"
*/
select distinct
    product.instance,
    'product.product' as record_model,
    product.id as record_id,
    dim_product.product as name,
    null::varchar as plant,
    'component without a vendor' as detail,
    not exists (
        from stg_product_supplierinfo as info
        where info.instance = product.instance
            and info.product_tmpl_id = product.product_tmpl_id
            and coalesce(info.product_id, product.id) = product.id
    ) as is_wrong,
from stg_mrp_bom_line as line
inner join stg_mrp_bom as used_in
    on used_in.instance = line.instance and used_in.id = line.bom_id and coalesce(used_in.active, true)
inner join stg_product_product as product
    on product.instance = line.instance and product.id = line.product_id and coalesce(product.active, true)
inner join stg_product_template as template
    on template.instance = product.instance and template.id = product.product_tmpl_id
left join dim_product
    on dim_product.instance = product.instance and dim_product.product_id = product.id
where coalesce(template.is_purchased, true)
    and coalesce(template.type, 'product') <> 'service'
    and exists (from stg_product_supplierinfo as any_info where any_info.instance = product.instance)
    and not exists (
        from stg_mrp_bom as bom
        where bom.instance = product.instance
            and bom.product_tmpl_id = product.product_tmpl_id
            and coalesce(bom.product_id, product.id) = product.id
            and coalesce(bom.active, true)
    )
