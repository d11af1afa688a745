/*
grain = "one row per scrap order that is done: what was thrown away, where, why and for which order"
key = ["instance", "record_id"]
*/
with
reason as (
    select
        scrap.instance,
        scrap.id as scrap_id,
        string_agg(tag.name, ', ' order by tag.name) as reason,
    from (select instance, id, unnest(reason_ids) as tag_id from stg_stock_scrap) as scrap
    inner join stg_stock_scrap_reason_tag_last as tag
        on tag.instance = scrap.instance and tag.id = scrap.tag_id
    group by scrap.instance, scrap.id
),

manufactured as (
    select distinct
        instance,
        product_id,
    from stg_mrp_production_last
)

select
    scrap.instance,
    'stock.scrap' as record_model,
    scrap.id as record_id,
    scrap.name,
    coalesce(document.plant, picking_plant.plant, location.plant, company.plant) as plant,
    company.company,
    scrap.product_id,
    dim_product.product,
    dim_product.family as product_family,
    if(manufactured.product_id is null, 'bought', 'manufactured') as kind,
    reason.reason,
    scrap.production_id,
    coalesce(document.name, picking.name, scrap.origin) as origin,
    -- In the unit of the product, which may not be that of the scrap order.
    scrap.quantity * coalesce(dim_unit.size / own_unit.size, 1) as quantity,
    coalesce(scrap.done_at, scrap.created_at) as scrapped_at,
from stg_stock_scrap as scrap
left join reason on reason.instance = scrap.instance and reason.scrap_id = scrap.id
left join manufactured
    on manufactured.instance = scrap.instance and manufactured.product_id = scrap.product_id
left join dim_product
    on dim_product.instance = scrap.instance and dim_product.product_id = scrap.product_id
left join stg_product_product_last as product
    on product.instance = scrap.instance and product.id = scrap.product_id
left join stg_product_template_last as template
    on template.instance = product.instance and template.id = product.product_tmpl_id
left join dim_unit on dim_unit.instance = scrap.instance and dim_unit.unit_id = scrap.product_uom_id
left join dim_unit as own_unit on own_unit.instance = template.instance and own_unit.unit_id = template.uom_id
left join dim_document as document
    on document.instance = scrap.instance
    and document.record_model = 'mrp.production'
    and document.record_id = scrap.production_id
left join stg_stock_picking_last as picking
    on picking.instance = scrap.instance and picking.id = scrap.picking_id
left join stg_stock_picking_type_last as picking_type
    on picking_type.instance = picking.instance and picking_type.id = picking.picking_type_id
left join dim_plant as picking_plant
    on picking_plant.instance = picking_type.instance and picking_plant.warehouse_id = picking_type.warehouse_id
left join dim_location as location
    on location.instance = scrap.instance and location.location_id = scrap.source_location_id
left join dim_company as company
    on company.instance = scrap.instance and company.company_id = scrap.company_id
where scrap.state = 'done'
