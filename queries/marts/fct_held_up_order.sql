/*
grain = "one row per open order, work order, transfer or hold of goods (the holder) and open order that waits for it, however far down; the holder itself, where it is an order"
key = ["instance", "holder_model", "holder_id", "record_model", "record_id"]
*/
-- What supplies an order holds it up, and what was made for it (it names it as origin). A work order holds up its production
-- order, a transfer the orders it is for, and held goods, or goods that are bought for the stock, the production orders of
-- the plant that are short of them. plant: that of the holder. is_demand: a production or sales order; is_due_soon: one due
-- within seven days or already late; is_end: nobody waits for it, so that the worth of the ends counts nothing twice.
with recursive
link as (
    select distinct
        instance,
        if(kind = 'names as origin', to_model, from_model) as holder_model,
        if(kind = 'names as origin', to_id, from_id) as holder_id,
        if(kind = 'names as origin', from_model, to_model) as waiter_model,
        if(kind = 'names as origin', from_id, to_id) as waiter_id,
    from fct_link
    where kind in ('names as origin', 'supplies')
),

-- What is bought for the stock of a plant, and for no order in particular, holds up all that are short of it there.
for_stock as (
    select distinct
        line.instance,
        'purchase.order' as holder_model,
        line.order_id as holder_id,
        'mrp.production' as waiter_model,
        move.raw_material_production_id as waiter_id,
    from stg_purchase_order_line as line
    inner join fct_open_order as holder
        on holder.instance = line.instance and holder.record_model = 'purchase.order' and holder.record_id = line.order_id
    inner join stg_stock_move as move
        on move.instance = line.instance
        and move.product_id = line.product_id
        and move.state in ('confirmed', 'waiting', 'partially_available')
    inner join fct_open_order as waiter
        on waiter.instance = move.instance
        and waiter.record_model = 'mrp.production'
        and waiter.record_id = move.raw_material_production_id
        and waiter.plant = holder.plant
    where line.quantity > coalesce(line.received_quantity, 0)
        and not exists (
            select 1 from link
            where link.instance = line.instance
                and link.holder_model = 'purchase.order'
                and link.holder_id = line.order_id
        )
),

waits as (
    select
        link.instance,
        link.holder_model,
        link.holder_id,
        link.waiter_model,
        link.waiter_id,
    from link
    inner join fct_open_order as holder
        on holder.instance = link.instance
        and holder.record_model = link.holder_model
        and holder.record_id = link.holder_id
    inner join fct_open_order as waiter
        on waiter.instance = link.instance
        and waiter.record_model = link.waiter_model
        and waiter.record_id = link.waiter_id
    union
    select * from for_stock
),

stands_for as (
    select
        instance,
        'mrp.workorder' as root_model,
        id as root_id,
        'mrp.production' as record_model,
        production_id as record_id,
    from stg_mrp_workorder
    where state not in ('done', 'cancel')

    union

    select
        move.instance,
        'stock.picking' as root_model,
        move.picking_id as root_id,
        if(purchase_line.order_id is not null, 'purchase.order', 'sale.order') as record_model,
        coalesce(purchase_line.order_id, sale_line.order_id) as record_id,
    from stg_stock_move as move
    left join stg_purchase_order_line as purchase_line
        on purchase_line.instance = move.instance and purchase_line.id = move.purchase_line_id
    left join stg_sale_order_line as sale_line
        on sale_line.instance = move.instance and sale_line.id = move.sale_line_id
    where move.picking_id is not null and move.state not in ('done', 'cancel')

    union

    select
        hold.instance,
        hold.record_model as root_model,
        hold.record_id as root_id,
        'mrp.production' as record_model,
        move.raw_material_production_id as record_id,
    from fct_hold as hold
    inner join dim_product
        on dim_product.instance = hold.instance and dim_product.product = hold.product
    inner join stg_stock_move as move
        on move.instance = hold.instance
        and move.product_id = dim_product.product_id
        and move.state in ('confirmed', 'waiting', 'partially_available')
    inner join dim_document as document
        on document.instance = move.instance
        and document.record_model = 'mrp.production'
        and document.record_id = move.raw_material_production_id
        and document.plant = hold.plant
    where hold.outcome = 'open'
),

reached as (
    select
        instance,
        record_model as root_model,
        record_id as root_id,
        record_model,
        record_id,
    from fct_open_order
    union
    select
        stands_for.instance,
        stands_for.root_model,
        stands_for.root_id,
        stands_for.record_model,
        stands_for.record_id,
    from stands_for
    inner join fct_open_order as stood
        on stood.instance = stands_for.instance
        and stood.record_model = stands_for.record_model
        and stood.record_id = stands_for.record_id
    union
    select
        reached.instance,
        reached.root_model,
        reached.root_id,
        waits.waiter_model,
        waits.waiter_id,
    from reached
    inner join waits
        on waits.instance = reached.instance
        and waits.holder_model = reached.record_model
        and waits.holder_id = reached.record_id
)

select
    reached.instance,
    reached.root_model as holder_model,
    reached.root_id as holder_id,
    coalesce(
        holder.plant, min(waiting.plant) over (partition by reached.instance, reached.root_model, reached.root_id)
    ) as plant,
    reached.record_model,
    reached.record_id,
    waiting.is_demand,
    waiting.due_at,
    waiting.is_demand and (reached.root_model, reached.root_id) <> (reached.record_model, reached.record_id) as is_waiting,
    waiting.is_demand and waiting.due_at < $as_of + interval 7 day as is_due_soon,
    not exists (
        select 1 from waits
        where waits.instance = reached.instance
            and waits.holder_model = reached.record_model
            and waits.holder_id = reached.record_id
    ) as is_end,
    waiting.reporting_amount,
    waiting.reporting_currency,
from reached
inner join fct_open_order as waiting
    on waiting.instance = reached.instance
    and waiting.record_model = reached.record_model
    and waiting.record_id = reached.record_id
left join fct_open_order as holder
    on holder.instance = reached.instance
    and holder.record_model = reached.root_model
    and holder.record_id = reached.root_id
