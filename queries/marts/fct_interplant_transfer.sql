/*
grain = "one row per transfer that takes goods out of one warehouse for another: asked for, gone, and all of it there"
key = ["instance", "record_id"]
*/
-- Goods go through a place of transit: the transfer into it and those out of it are linked by their moves. A transfer
-- straight from one warehouse to the other is gone and there at once.
with
leg as (
    select distinct
        instance,
        picking_id,
        unnest(destination_move_ids) as move_id,
    from stg_stock_move
    where picking_id is not null and state <> 'cancel' and len(destination_move_ids) > 0
),

arrival as (
    select
        leg.instance,
        leg.picking_id,
        min(transfer.created_at) as created_at,
        if(bool_and(transfer.done_at is not null), max(transfer.done_at), null) as done_at,
        min(transfer.plant) as plant,
        string_agg(distinct transfer.name, ', ' order by transfer.name) as arrivals,
    from leg
    inner join stg_stock_move as move on move.instance = leg.instance and move.id = leg.move_id
    inner join fct_transfer as transfer
        on transfer.instance = move.instance and transfer.record_id = move.picking_id
        and transfer.leg = 'in' and not transfer.is_cancelled
    group by leg.instance, leg.picking_id
)

select
    transfer.instance,
    transfer.record_model,
    transfer.record_id,
    transfer.name,
    coalesce(arrival.plant, transfer.to_plant, transfer.plant) as plant,
    coalesce(transfer.from_plant, transfer.plant) as from_plant,
    transfer.company,
    transfer.product,
    transfer.product_family,
    arrival.arrivals,
    transfer.is_cancelled,
    least(transfer.created_at, arrival.created_at) as asked_at,
    transfer.done_at as gone_at,
    if(transfer.leg = 'direct', transfer.done_at, arrival.done_at) as arrived_at,
from fct_transfer as transfer
left join arrival
    on arrival.instance = transfer.instance and arrival.picking_id = transfer.record_id
where transfer.leg in ('out', 'direct') and transfer.kind = 'between warehouses'
