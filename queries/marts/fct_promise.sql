/*
grain = "one row per line of a confirmed purchase or sales order with goods to receive or deliver: when promised, when all of it came"
key = ["instance", "record_model", "line_id"]
person = ["responsible"]
*/
with
line as (
    select
        line.instance,
        'purchase.order' as record_model,
        line.order_id as record_id,
        line.id as line_id,
        line.id as promise_id,
        line.product_id,
        line.product_uom_id,
        line.quantity,
        line.received_quantity as fulfilled_quantity,
        line.unit_price,
        document.name,
        document.state as order_state,
        document.plant,
        document.company,
        document.vendor as partner,
        document.responsible,
        document.currency,
        coalesce(purchase.ordered_at, bought.approved_at) as ordered_at,
        coalesce(line.planned_at, bought.planned_at) as planned_at,
        'planned date' as promise,
    from stg_purchase_order_line as line
    inner join dim_document as document
        on document.instance = line.instance and document.record_model = 'purchase.order'
        and document.record_id = line.order_id
    inner join stg_purchase_order_last as bought on bought.instance = line.instance and bought.id = line.order_id
    left join fct_purchase_order as purchase
        on purchase.instance = line.instance and purchase.record_id = line.order_id
    union all by name
    select
        line.instance,
        'sale.order' as record_model,
        line.order_id as record_id,
        line.id as line_id,
        line.order_id as promise_id,
        line.product_id,
        line.product_uom_id,
        line.quantity,
        line.delivered_quantity as fulfilled_quantity,
        line.unit_price,
        sold.name,
        sold.state as order_state,
        dim_plant.plant,
        company.company,
        if(
            sold.partner_id is null, null, coalesce(partner.company_name, 'private customer ' || sold.partner_id)
        ) as partner,
        dim_user.name as responsible,
        currency.name as currency,
        sold.ordered_at,
        coalesce(
            sold.promised_at,
            -- More than a century is no lead time.
            sold.ordered_at + to_microseconds((if(abs(line.lead_days) <= 36500, line.lead_days, null) * 86400e6)::bigint)
        ) as planned_at,
        if(sold.promised_at is null, 'lead time', 'delivery date') as promise,
    from stg_sale_order_line as line
    inner join stg_sale_order_last as sold on sold.instance = line.instance and sold.id = line.order_id
    left join dim_plant on dim_plant.instance = sold.instance and dim_plant.warehouse_id = sold.warehouse_id
    left join dim_company as company on company.instance = sold.instance and company.company_id = sold.company_id
    left join dim_partner as partner on partner.instance = sold.instance and partner.partner_id = sold.partner_id
    left join dim_user on dim_user.instance = sold.instance and dim_user.user_id = sold.user_id
    left join stg_res_currency_last as currency
        on currency.instance = sold.instance and currency.id = sold.currency_id
),

-- The first date that was known to hold once the order was placed; without one, today's.
promise as (
    select
        line.instance,
        line.record_model,
        line.line_id,
        arg_min(known.planned_at, known.valid_from) as promised_at,
    from line
    inner join (
        select
            instance,
            'purchase.order' as record_model,
            id as promise_id,
            planned_at,
            valid_from,
            valid_to,
        from stg_purchase_order_line_history
        union all
        select
            instance,
            'sale.order' as record_model,
            id as promise_id,
            promised_at as planned_at,
            valid_from,
            valid_to,
        from stg_sale_order_history
    ) as known using (instance, record_model, promise_id)
    where known.planned_at is not null and coalesce(known.valid_to > line.ordered_at, true)
    group by line.instance, line.record_model, line.line_id
),

-- What goes back to the supplier, or comes back from the customer, counts against what was fulfilled.
move as (
    select
        move.instance,
        if(move.purchase_line_id is null, 'sale.order', 'purchase.order') as record_model,
        coalesce(move.purchase_line_id, move.sale_line_id) as line_id,
        move.id,
        move.state,
        move.moved_at,
        move.product_uom_id,
        coalesce(move.is_subcontract, false) as is_subcontracted,
        if(
            if(move.purchase_line_id is null, origin_place.usage = 'customer', target_place.usage = 'supplier'), -1, 1
        ) * coalesce(move.done_quantity, move.reserved_quantity, move.demand_quantity) as quantity,
    from stg_stock_move as move
    left join dim_location as origin_place
        on origin_place.instance = move.instance and origin_place.location_id = move.source_location_id
    left join dim_location as target_place
        on target_place.instance = move.instance and target_place.location_id = move.destination_location_id
    where coalesce(move.purchase_line_id, move.sale_line_id) is not null
        -- Of goods that go through several places on their way only the last one, or the first, meets the promise.
        and (
            move.purchase_line_id is not null and (origin_place.usage is null or origin_place.usage not in ('internal', 'transit')
                or target_place.usage = 'supplier' or move.is_subcontract)
            or move.purchase_line_id is null and (target_place.usage = 'customer' or origin_place.usage = 'customer')
        )
),

fulfilment as (
    select
        instance,
        record_model,
        line_id,
        any_value(product_uom_id) as product_uom_id,
        bool_or(is_subcontracted) as is_subcontracted,
        bool_or(state not in ('done', 'cancel')) as is_expected,
        min(moved_at) filter (where state = 'done') as first_moved_at,
        max(moved_at) filter (where state = 'done') as last_moved_at,
        coalesce(sum(quantity) filter (where state = 'done'), 0) as moved_quantity,
    from move
    group by instance, record_model, line_id
),

running as (
    select
        instance,
        record_model,
        line_id,
        moved_at,
        sum(quantity) over (partition by instance, record_model, line_id order by moved_at, id) as quantity,
    from move
    where state = 'done'
),

reached as (
    select
        running.instance,
        running.record_model,
        running.line_id,
        min(running.moved_at) as fulfilled_at,
    from running
    inner join fulfilment using (instance, record_model, line_id)
    inner join line using (instance, record_model, line_id)
    -- Moves may count in another unit than the order does.
    where running.quantity + 1e-6 >= line.quantity * if(
        line.product_uom_id is distinct from fulfilment.product_uom_id and line.fulfilled_quantity > 0,
        fulfilment.moved_quantity / line.fulfilled_quantity, 1
    )
    group by running.instance, running.record_model, running.line_id
),

settled as (
    select
        line.*,
        coalesce(promise.promised_at, line.planned_at) as promised_at,
        fulfilment.is_subcontracted,
        fulfilment.first_moved_at,
        fulfilment.last_moved_at,
        reached.fulfilled_at,
        case
            when reached.fulfilled_at is not null then 'in full'
            when line.order_state not in ('cancel', 'deleted') and fulfilment.is_expected then 'open'
            when fulfilment.moved_quantity > 0 then 'in part'
            else 'cancelled'
        end as outcome,
    from line
    inner join fulfilment using (instance, record_model, line_id)
    left join reached using (instance, record_model, line_id)
    left join promise using (instance, record_model, line_id)
    where line.ordered_at is not null and line.quantity > 0
)

select
    settled.instance,
    settled.record_model,
    settled.record_id,
    settled.line_id,
    settled.name,
    settled.plant,
    settled.company,
    settled.product_id,
    dim_product.product,
    dim_product.family as product_family,
    settled.partner,
    settled.responsible,
    settled.is_subcontracted,
    settled.quantity,
    greatest(settled.quantity - coalesce(settled.fulfilled_quantity, 0), 0) as open_quantity,
    greatest(settled.quantity - coalesce(settled.fulfilled_quantity, 0), 0) * settled.unit_price as open_amount,
    settled.currency,
    settled.ordered_at,
    settled.promise,
    settled.promised_at,
    settled.planned_at,
    -- A promise is kept until the end of its day in the plant.
    timezone(
        'UTC',
        timezone(
            coalesce(dim_plant.timezone, 'UTC'),
            date_trunc('day', timezone(coalesce(dim_plant.timezone, 'UTC'), timezone('UTC', settled.promised_at)))
            + interval 1 day
        )
    ) as due_at,
    settled.first_moved_at,
    settled.last_moved_at,
    settled.fulfilled_at,
    settled.outcome,
from settled
left join dim_product
    on dim_product.instance = settled.instance and dim_product.product_id = settled.product_id
left join dim_plant
    on dim_plant.instance = settled.instance and dim_plant.plant = settled.plant
