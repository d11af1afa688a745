/*
grain = "one row per transfer (picking): what kind, from where to where, when planned, ready and done, and what it is the back-order of"
key = ["instance", "record_id"]
person = ["responsible"]
*/
with
milestone as (
    select
        instance,
        record_id,
        min(event_at) filter (where field = 'state' and new_value = 'assigned') as assigned_at,
        -- Odoo records nothing about the birth of a transfer: it was born as what its first change came from.
        arg_min(old_value, tracking_id) filter (where field = 'state') as born_as,
        max(event_at) filter (where field = 'state' and new_value = 'done') as done_at,
        max(event_at) filter (where field = 'state' and new_value = 'cancel') as cancelled_at,
        -- A date that was set where there was none is no change of plan.
        arg_min(old_value, tracking_id) filter (where field = 'scheduled_date' and old_value is not null)
            as first_scheduled_at,
        count(*) filter (where field = 'scheduled_date' and old_value is not null) as replan_count,
    from fct_change
    where record_model = 'stock.picking'
    group by instance, record_id
),

content as (
    select
        instance,
        picking_id,
        count(*) as move_count,
        arg_max(product_id, (coalesce(demand_quantity, 0), -id)) as product_id,
        coalesce(bool_or(is_subcontract), false) as is_subcontracted,
    from stg_stock_move_last
    where picking_id is not null
    group by instance, picking_id
),

backorder as (
    select
        instance,
        backorder_id as picking_id,
        count(*) as backorder_count,
    from stg_stock_picking_last
    where backorder_id is not null
    group by instance, backorder_id
),

transfer as (
    select
        picking.instance,
        picking.id as record_id,
        picking.name,
        picking.origin,
        case
            when picking.gone_by = 'deleted' and picking.state not in ('done', 'cancel') then 'deleted'
            else picking.state
        end as state,
        dim_plant.plant,
        company.company,
        type.code as type_code,
        origin_place.plant as from_plant,
        target_place.plant as to_plant,
        case
            when origin_place.usage = 'transit' then 'in'
            when target_place.usage = 'transit' then 'out'
            when origin_place.plant <> target_place.plant then 'direct'
        end as leg,
        origin_place.usage as from_usage,
        target_place.usage as to_usage,
        picking.return_id is not null as is_return,
        picking.partner_id,
        picking.user_id,
        picking.sale_id,
        picking.backorder_id as backorder_of_id,
        picking.scheduled_at,
        picking.deadline_at,
        picking.done_at,
        picking.created_at,
        picking.gone_at,
    from stg_stock_picking_last as picking
    left join stg_stock_picking_type_last as type
        on type.instance = picking.instance and type.id = picking.picking_type_id
    left join dim_plant
        on dim_plant.instance = picking.instance and dim_plant.warehouse_id = type.warehouse_id
    left join dim_company as company
        on company.instance = picking.instance and company.company_id = picking.company_id
    left join dim_location as origin_place
        on origin_place.instance = picking.instance and origin_place.location_id = picking.source_location_id
    left join dim_location as target_place
        on target_place.instance = picking.instance and target_place.location_id = picking.destination_location_id
)

select
    transfer.instance,
    'stock.picking' as record_model,
    transfer.record_id,
    transfer.name,
    transfer.origin,
    transfer.state,
    transfer.state in ('cancel', 'deleted') as is_cancelled,
    transfer.plant,
    transfer.company,
    case
        when transfer.is_return then 'return'
        when content.is_subcontracted then 'subcontracted receipt'
        when transfer.from_usage = 'supplier' and transfer.to_usage = 'customer' then 'dropship'
        when transfer.leg is not null then 'between warehouses'
        when transfer.type_code = 'incoming' then 'receipt'
        when transfer.type_code = 'outgoing' then 'delivery'
        else 'internal'
    end as kind,
    transfer.leg,
    transfer.from_plant,
    transfer.to_plant,
    if(transfer.partner_id is null, null, coalesce(partner.company_name, 'private partner ' || transfer.partner_id))
        as partner,
    dim_user.name as responsible,
    dim_product.product,
    dim_product.family as product_family,
    coalesce(content.move_count, 0) as move_count,
    transfer.sale_id,
    transfer.backorder_of_id,
    coalesce(backorder.backorder_count, 0) as backorder_count,
    transfer.created_at,
    coalesce(try_cast(milestone.first_scheduled_at as timestamp), transfer.scheduled_at) as first_scheduled_at,
    transfer.scheduled_at,
    coalesce(milestone.replan_count, 0) as replan_count,
    transfer.deadline_at,
    if(
        coalesce(milestone.born_as, transfer.state) = 'assigned', transfer.created_at, milestone.assigned_at
    ) as ready_at,
    case when transfer.state = 'done' then coalesce(transfer.done_at, milestone.done_at) end as done_at,
    case transfer.state when 'cancel' then milestone.cancelled_at when 'deleted' then transfer.gone_at end as cancelled_at,
from transfer
left join milestone
    on milestone.instance = transfer.instance and milestone.record_id = transfer.record_id
left join content
    on content.instance = transfer.instance and content.picking_id = transfer.record_id
left join backorder
    on backorder.instance = transfer.instance and backorder.picking_id = transfer.record_id
left join dim_partner as partner
    on partner.instance = transfer.instance and partner.partner_id = transfer.partner_id
left join dim_user
    on dim_user.instance = transfer.instance and dim_user.user_id = transfer.user_id
left join dim_product
    on dim_product.instance = transfer.instance and dim_product.product_id = content.product_id
