/*
grain = "one row per posted bill or credit note of a vendor: when it was posted and paid, and whether its lines match what was ordered and received"
key = ["instance", "record_id"]
person = ["responsible"]
*/
with
tracked as (
    select
        instance,
        record_id,
        min(event_at) filter (where field = 'state' and new_value = 'posted') as posted_at,
        min(event_at) filter (where field = 'payment_state' and new_value in ('in_payment', 'paid')) as paid_at,
    from fct_change
    where record_model = 'account.move'
    group by instance, record_id
),

bill as (
    select
        bill.*,
        coalesce(tracked.posted_at, bill.created_at) as posted_at,
        case when bill.payment_state in ('in_payment', 'paid') then tracked.paid_at end as paid_at,
        if(bill.move_type = 'in_refund', -1, 1) as sign,
    from stg_account_move_last as bill
    left join tracked on tracked.instance = bill.instance and tracked.record_id = bill.id
    where bill.state = 'posted' and bill.move_type in ('in_invoice', 'in_refund', 'in_receipt')
        and bill.gone_by is distinct from 'deleted'
),

received as (
    select
        move.instance,
        move.purchase_line_id,
        move.moved_at,
        coalesce(move.done_quantity, move.reserved_quantity) * coalesce(dim_unit.size, 1)
        -- Back to the vendor is not received; what a subcontractor made comes from a place of its own.
        * case target.usage when 'supplier' then -1 when 'inventory' then 0 else 1 end as quantity,
    from stg_stock_move_last as move
    left join dim_location as target
        on target.instance = move.instance and target.location_id = move.destination_location_id
    left join dim_unit on dim_unit.instance = move.instance and dim_unit.unit_id = move.product_uom_id
    where move.purchase_line_id is not null and move.state = 'done'
),

line as (
    select
        line.instance,
        line.move_id,
        line.id as line_id,
        line.purchase_line_id,
        line.product_id,
        bill.sign,
        bill.posted_at,
        line.subtotal_amount,
        line.quantity,
        coalesce(line.is_landed_cost, false) as is_landed_cost,
        coalesce(template.type, 'product') = 'service' as is_service,
        ordered.order_id,
        ordered.received_quantity * coalesce(order_unit.size, 1) as order_received,
        purchase.name as order_name,
        purchase.picking_type_id,
        -- Quantities in reference units, so that a dozen ordered and twelve billed are the same.
        bill.sign * line.quantity * coalesce(unit.size, 1) as billed,
        sum(bill.sign * line.quantity * coalesce(unit.size, 1)) over (
            partition by line.instance, line.purchase_line_id order by bill.posted_at, line.id
        ) as billed_by_then,
        sum(bill.sign * line.quantity * coalesce(unit.size, 1)) over (
            partition by line.instance, line.purchase_line_id
        ) as billed_now,
        -- Prices are compared in one currency only, less discounts.
        case
            when bill.currency_id = purchase.currency_id and bill.sign = 1
                then (line.subtotal_amount / nullif(line.quantity * coalesce(unit.size, 1), 0))
                    / nullif(ordered.subtotal_amount / nullif(ordered.quantity * coalesce(order_unit.size, 1), 0), 0) - 1
        end as price_deviation,
    from stg_account_move_line_last as line
    inner join bill on bill.instance = line.instance and bill.id = line.move_id
    left join stg_purchase_order_line_last as ordered
        on ordered.instance = line.instance and ordered.id = line.purchase_line_id
    left join stg_purchase_order_last as purchase
        on purchase.instance = ordered.instance and purchase.id = ordered.order_id
    left join dim_unit as unit on unit.instance = line.instance and unit.unit_id = line.product_uom_id
    left join dim_unit as order_unit
        on order_unit.instance = ordered.instance and order_unit.unit_id = ordered.product_uom_id
    left join stg_product_product_last as product
        on product.instance = line.instance and product.id = line.product_id
    left join stg_product_template_last as template
        on template.instance = product.instance and template.id = product.product_tmpl_id
    where coalesce(line.display_type, 'product') = 'product'
        and (line.purchase_line_id is not null or line.product_id is not null)
        and line.gone_by is distinct from 'deleted'
),

arrival as (
    select
        line.instance,
        line.line_id,
        coalesce(
            sum(received.quantity) filter (where received.moved_at <= line.posted_at),
            if(count(received.moved_at) = 0, any_value(line.order_received), 0)
        ) as received_by_then,
        coalesce(sum(received.quantity), any_value(line.order_received)) as received_now,
    from line
    left join received
        on received.instance = line.instance and received.purchase_line_id = line.purchase_line_id
    where line.purchase_line_id is not null
    group by line.instance, line.line_id
),

compared as (
    select
        line.instance,
        line.move_id,
        count(*) filter (where line.order_id is not null) as ordered_line_count,
        count(*) filter (
            where line.purchase_line_id is null and not line.is_service and not line.is_landed_cost
        ) as unordered_line_count,
        bool_or(
            not line.is_service and line.sign = 1 and line.billed > 0
            and line.billed_by_then > arrival.received_by_then + 0.000001
        ) as was_over_received,
        bool_or(
            not line.is_service and line.sign = 1 and line.billed > 0
            and line.billed_now > arrival.received_now + 0.000001
        ) as is_over_received,
        max(abs(line.price_deviation)) as price_deviation,
        min(line.order_name) as order_name,
        arg_max(line.picking_type_id, (line.picking_type_id is not null, line.subtotal_amount)) as picking_type_id,
        arg_max(line.product_id, (line.product_id is not null, line.subtotal_amount)) as product_id,
    from line
    left join arrival on arrival.instance = line.instance and arrival.line_id = line.line_id
    group by line.instance, line.move_id
)

select
    bill.instance,
    'account.move' as record_model,
    bill.id as record_id,
    bill.name,
    dim_plant.plant,
    company.company,
    coalesce(partner.company_name, 'private vendor ' || bill.partner_id) as vendor,
    bill.commercial_partner_id as vendor_id,
    dim_product.product,
    dim_product.family as product_family,
    dim_user.name as responsible,
    bill.sign = -1 as is_refund,
    bill.payment_state,
    bill.untaxed_amount as amount,
    currency.name as currency,
    bill.partner_bank_id,
    bill.created_at,
    bill.posted_at,
    bill.paid_at,
    coalesce(compared.ordered_line_count, 0) as ordered_line_count,
    coalesce(compared.unordered_line_count, 0) as unordered_line_count,
    coalesce(compared.was_over_received, false) as was_over_received,
    coalesce(compared.is_over_received, false) as is_over_received,
    compared.price_deviation,
    compared.order_name,
from bill
left join compared on compared.instance = bill.instance and compared.move_id = bill.id
left join stg_stock_picking_type_last as picking_type
    on picking_type.instance = bill.instance and picking_type.id = compared.picking_type_id
left join dim_plant
    on dim_plant.instance = bill.instance and dim_plant.warehouse_id = picking_type.warehouse_id
left join dim_company as company
    on company.instance = bill.instance and company.company_id = bill.company_id
left join dim_partner as partner
    on partner.instance = bill.instance and partner.partner_id = bill.partner_id
left join dim_product
    on dim_product.instance = bill.instance and dim_product.product_id = compared.product_id
left join dim_user
    on dim_user.instance = bill.instance and dim_user.user_id = bill.user_id
left join stg_res_currency_last as currency
    on currency.instance = bill.instance and currency.id = bill.currency_id
