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

-- Inspections, checks and alerts of what was made or received. Jobs are not linked: a background job names no record.
checked as (
    select
        instance,
        record_model,
        record_id,
        plant,
        'mrp.production' as from_model,
        production_id as from_id,
    from fct_hold
    where production_id is not null
    union
    select
        hold.instance,
        hold.record_model,
        hold.record_id,
        hold.plant,
        'purchase.order' as from_model,
        line.order_id as from_id,
    from fct_hold as hold
    inner join stg_stock_move as move
        on move.instance = hold.instance and move.picking_id = hold.picking_id
    inner join stg_purchase_order_line_last as line
        on line.instance = move.instance and line.id = move.purchase_line_id
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
    checked.instance,
    checked.from_model,
    checked.from_id,
    checked.record_model as to_model,
    checked.record_id as to_id,
    'checked by' as kind,
    'A' as confidence,
    checked.plant,
from checked
inner join dim_document as source
    on source.instance = checked.instance and source.record_model = checked.from_model and source.record_id = checked.from_id
