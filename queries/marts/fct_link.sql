/*
grain = "one row per way in which one document led to another"
key = ["instance", "from_model", "from_id", "to_model", "to_id", "kind"]
*/
with
document as (
    select
        instance,
        company,
        record_model,
        record_id,
        name,
        origin,
        plant,
    from dim_document
    union all
    select
        sale.instance,
        company.company,
        'sale.order' as record_model,
        sale.id as record_id,
        sale.name,
        sale.origin,
        dim_plant.plant,
    from stg_sale_order_last as sale
    left join dim_company as company
        on company.instance = sale.instance and company.company_id = sale.company_id
    left join dim_plant
        on dim_plant.instance = sale.instance and dim_plant.warehouse_id = sale.warehouse_id
),

-- What stands around the orders, and by which field of it. Background jobs are in fct_integration_record.
around as (
    select
        instance,
        'mrp.production' as from_model,
        production_id as from_id,
        record_model as to_model,
        record_id as to_id,
        'has operation' as kind,
    from fct_work_order
    union all
    select distinct
        move.instance,
        if(purchase_line.order_id is not null, 'purchase.order', 'sale.order') as from_model,
        coalesce(purchase_line.order_id, sale_line.order_id) as from_id,
        'stock.picking' as to_model,
        move.picking_id as to_id,
        if(purchase_line.order_id is not null, 'is received by', 'is delivered by') as kind,
    from stg_stock_move_last as move
    left join stg_purchase_order_line_last as purchase_line
        on purchase_line.instance = move.instance and purchase_line.id = move.purchase_line_id
    left join stg_sale_order_line_last as sale_line
        on sale_line.instance = move.instance and sale_line.id = move.sale_line_id
    where move.picking_id is not null and coalesce(purchase_line.order_id, sale_line.order_id) is not null
    union all
    select
        instance,
        'stock.picking' as from_model,
        backorder_of_id as from_id,
        record_model as to_model,
        record_id as to_id,
        'has back-order' as kind,
    from fct_transfer
    where backorder_of_id is not null
    union all
    select
        instance,
        judged.model as from_model,
        case judged.model
            when 'purchase.order' then purchase_id
            when 'mrp.production' then production_id
            else picking_id
        end as from_id,
        record_model as to_model,
        record_id as to_id,
        'is judged by' as kind,
    from fct_hold
    cross join (values ('purchase.order'), ('mrp.production'), ('stock.picking')) as judged (model)
    where source <> 'quarantine stock' and from_id is not null
    union all
    select
        instance,
        'mrp.production' as from_model,
        production_id as from_id,
        'maintenance.request' as to_model,
        id as to_id,
        'asks for repair' as kind,
    from stg_maintenance_request_last
    where production_id is not null
    union all
    select
        instance,
        document_model as from_model,
        document_id as from_id,
        'mgmtsystem.nonconformity' as to_model,
        id as to_id,
        'is reported in' as kind,
    from stg_mgmtsystem_nonconformity_last
    where document_model is not null and document_id is not null
),

feeding as (
    select
        instance,
        id,
        production_id,
        purchase_line_id,
        unnest(destination_move_ids) as destination_move_id,
    from stg_stock_move
    where purchase_line_id is not null or production_id is not null
),

supply as (
    select
        feeding.instance,
        case when feeding.production_id is not null then 'mrp.production' else 'purchase.order' end as from_model,
        coalesce(feeding.production_id, line.order_id) as from_id,
        if(component.raw_material_production_id is null, 'sale.order', 'mrp.production') as to_model,
        coalesce(component.raw_material_production_id, sale_line.order_id) as to_id,
        'supplies' as kind,
        'A' as confidence,
    from feeding
    inner join stg_stock_move as component
        on component.instance = feeding.instance and component.id = feeding.destination_move_id
    left join stg_purchase_order_line_last as line
        on line.instance = feeding.instance and line.id = feeding.purchase_line_id
    left join stg_sale_order_line_last as sale_line
        on sale_line.instance = component.instance and sale_line.id = component.sale_line_id
    where component.raw_material_production_id is not null or sale_line.order_id is not null
),

origin as (
    select
        instance,
        company,
        record_model,
        record_id,
        trim(unnest(string_split(origin, ','))) as origin_name,
    from document
    where origin is not null
),

named as (
    select
        source.instance,
        source.record_model as from_model,
        source.record_id as from_id,
        origin.record_model as to_model,
        origin.record_id as to_id,
        'names as origin' as kind,
        'B' as confidence,
    from origin
    inner join document as source
        on source.instance = origin.instance
        and source.company = origin.company
        and source.name = origin.origin_name
    where (source.record_model, source.record_id) <> (origin.record_model, origin.record_id)
),

known as (
    select instance, record_model, record_id from document
    union all
    select instance, record_model, record_id from dim_related_document
),

link as (
    select * from supply where from_id is not null and (from_model, from_id) <> (to_model, to_id)
    union all
    select * from named
)

select distinct
    link.instance,
    link.from_model,
    link.from_id,
    link.to_model,
    link.to_id,
    link.kind,
    link.confidence,
    target.plant,
from link
inner join document as target
    on target.instance = link.instance and target.record_model = link.to_model and target.record_id = link.to_id

union all

select
    around.instance,
    around.from_model,
    around.from_id,
    around.to_model,
    around.to_id,
    around.kind,
    'A' as confidence,
    target.plant,
from around
inner join dim_related_document as target
    on target.instance = around.instance and target.record_model = around.to_model and target.record_id = around.to_id
where (around.instance, around.from_model, around.from_id) in (select (instance, record_model, record_id) from known)
