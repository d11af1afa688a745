/*
title = "Landed costs are missing"
definition = "A receipt of the last half year, more than 14 days (its limit) old, without landed costs, from a vendor whose other receipts of that year nearly all (nine of ten, at least three) have them; and landed costs that were entered that long ago and not validated. The money is that of the goods received at their price, or of the landed costs."
severity = "medium"
sla = "7 d"
limit = "14 d"
owner = "Cost accountant"
fallback = "Head of finance"
remedy = "enter freight, duty and insurance of the receipt, and validate them, so that stock is worth what it cost"
needs = ["stock_landed_cost"]
*/
with
receipt as (
    select
        move.instance,
        move.picking_id,
        any_value(move.reference) as name,
        any_value(coalesce(partner.commercial_partner_id, purchase.partner_id)) as vendor_id,
        any_value(move.company_id) as company_id,
        any_value(dim_plant.plant) as plant,
        min(move.moved_at) as received_at,
        sum(
            line.subtotal_amount / nullif(line.quantity, 0)
            * coalesce(move.done_quantity, move.reserved_quantity, move.demand_quantity)
        ) as amount,
        any_value(currency.name) as currency,
    from stg_stock_move_last as move
    inner join stg_purchase_order_line_last as line
        on line.instance = move.instance and line.id = move.purchase_line_id
    inner join stg_purchase_order_last as purchase
        on purchase.instance = line.instance and purchase.id = line.order_id
    inner join stg_stock_picking_type_last as picking_type
        on picking_type.instance = move.instance and picking_type.id = move.picking_type_id
    left join dim_plant
        on dim_plant.instance = move.instance and dim_plant.warehouse_id = picking_type.warehouse_id
    left join stg_res_partner_last as partner
        on partner.instance = purchase.instance and partner.id = purchase.partner_id
    left join stg_res_currency_last as currency
        on currency.instance = purchase.instance and currency.id = purchase.currency_id
    where move.state = 'done' and move.picking_id is not null and picking_type.code = 'incoming'
        and move.moved_at >= date_trunc('day', $as_of) - interval 365 day
    group by move.instance, move.picking_id
),

landed as (
    select distinct
        instance,
        unnest(picking_ids) as picking_id,
    from stg_stock_landed_cost_last
    where state in ('draft', 'done') and gone_by is distinct from 'deleted'
),

judged as (
    select
        receipt.*,
        landed.picking_id is not null as has_landed_cost,
        count(*) over others as other_count,
        count(landed.picking_id) over others as other_landed_count,
    from receipt
    left join landed on landed.instance = receipt.instance and landed.picking_id = receipt.picking_id
    where receipt.received_at
        < date_trunc('day', $as_of) - to_seconds(limit_of('landed_cost_missing', receipt.plant))
    window others as (
        partition by receipt.instance, receipt.company_id, receipt.vendor_id
        rows between unbounded preceding and unbounded following exclude current row
    )
)

select
    instance,
    'stock.picking' as record_model,
    picking_id as record_id,
    name,
    plant,
    received_at as since_at,
    'no landed costs, as ' || other_landed_count || ' of ' || other_count || ' others of the vendor have' as detail,
    amount,
    currency,
from judged
where not has_landed_cost
    and other_count >= 3
    and other_landed_count >= 0.9 * other_count
    and received_at >= date_trunc('day', $as_of) - interval 183 day
union all by name
select
    cost.instance,
    'stock.landed.cost' as record_model,
    cost.id as record_id,
    cost.name,
    any_value(dim_plant.plant) as plant,
    cost.created_at as since_at,
    'entered and not validated' as detail,
    cost.total_amount as amount,
    any_value(currency.name) as currency,
from stg_stock_landed_cost_last as cost
left join (
    select
        instance,
        picking_id,
        any_value(picking_type_id) as picking_type_id,
    from stg_stock_move_last
    group by instance, picking_id
) as picking on picking.instance = cost.instance and list_contains(cost.picking_ids, picking.picking_id)
left join stg_stock_picking_type_last as picking_type
    on picking_type.instance = picking.instance and picking_type.id = picking.picking_type_id
left join dim_plant
    on dim_plant.instance = picking_type.instance and dim_plant.warehouse_id = picking_type.warehouse_id
left join stg_res_company_last as company
    on company.instance = cost.instance and company.id = cost.company_id
left join stg_res_currency_last as currency
    on currency.instance = company.instance and currency.id = company.currency_id
where cost.state = 'draft' and cost.gone_by is distinct from 'deleted'
group by cost.instance, cost.id, cost.name, cost.created_at, cost.total_amount
having cost.created_at < date_trunc('day', $as_of) - to_seconds(limit_of('landed_cost_missing', any_value(dim_plant.plant)))
