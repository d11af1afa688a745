/*
title = "Every reordering rule can be followed"
definition = "A reordering rule names a route, or its product has a vendor or a bill of materials."
severity = "warn"
about = "master data"
owner = "Material planner"
remedy = "give the product a vendor or a bill of materials, the rule a route, or archive it"
*/
select
    orderpoint.instance,
    'stock.warehouse.orderpoint' as record_model,
    orderpoint.id as record_id,
    orderpoint.name || ': ' || coalesce(dim_product.product, 'product ' || orderpoint.product_id) as name,
    dim_plant.plant,
    'no vendor, no bill of materials, no route' as detail,
    orderpoint.route_id is null
    and not exists (
        from stg_product_supplierinfo as info
        where info.instance = product.instance
            and info.product_tmpl_id = product.product_tmpl_id
            and coalesce(info.product_id, product.id) = product.id
    )
    and not exists (
        from stg_mrp_bom as bom
        where bom.instance = product.instance
            and bom.product_tmpl_id = product.product_tmpl_id
            and coalesce(bom.product_id, product.id) = product.id
            and coalesce(bom.active, true)
    ) as is_wrong,
from stg_stock_warehouse_orderpoint as orderpoint
left join stg_product_product as product
    on product.instance = orderpoint.instance and product.id = orderpoint.product_id
left join dim_product
    on dim_product.instance = orderpoint.instance and dim_product.product_id = orderpoint.product_id
left join dim_plant
    on dim_plant.instance = orderpoint.instance and dim_plant.warehouse_id = orderpoint.warehouse_id
where coalesce(orderpoint.active, true)
