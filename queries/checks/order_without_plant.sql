/*
title = "Every order belongs to a plant"
definition = "The operation type of a production or purchase order leads to a warehouse. Purchases that go from the vendor straight to a customer (drop shipping) need none."
severity = "warn"
owner = "Operator"
remedy = "give the operation types of these orders a warehouse in Odoo: until then they are counted for no plant"
*/
with
typed as (
    select
        instance,
        'mrp.production' as record_model,
        id as record_id,
        picking_type_id,
    from stg_mrp_production_last
    union all
    select
        instance,
        'purchase.order' as record_model,
        id as record_id,
        picking_type_id,
    from stg_purchase_order_last
)

select
    document.instance,
    document.record_model,
    document.record_id,
    document.name,
    document.plant,
    coalesce(picking_type.name, 'no operation type') as detail,
from dim_document as document
inner join typed using (instance, record_model, record_id)
left join stg_stock_picking_type_last as picking_type
    on picking_type.instance = typed.instance and picking_type.id = typed.picking_type_id
left join dim_location as target
    on target.instance = picking_type.instance and target.location_id = picking_type.destination_location_id
where document.plant is null
    and coalesce(picking_type.code, '') <> 'dropship'
    -- until Odoo 16 drop shipping is a receipt at the customer
    and coalesce(target.usage, '') <> 'customer'
