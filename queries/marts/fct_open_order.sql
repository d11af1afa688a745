/*
grain = "one row per production, purchase and sales order that is not over, with what of it is still to come and what that is worth"
key = ["instance", "record_model", "record_id"]
*/
-- amount: of a production order its quantity at the product's cost; of a purchase or sales order what is yet to be received
-- or delivered, without taxes. reporting_amount: the same at the rate of the day of the data.
with
cost as (
    select
        instance,
        product_id,
        company_id,
        arg_max(unit_cost, held_from) as cost,
    from fct_product_cost
    group by instance, product_id, company_id
),

production as (
    select
        document.instance,
        document.record_model,
        document.record_id,
        document.name,
        document.plant,
        coalesce(production.deadline_at, production.planned_finish_at, production.finished_at) as due_at,
        true as is_demand,
        production.product_qty * coalesce(cost.cost, product.standard_cost) as amount,
        company.currency,
    from dim_document as document
    inner join stg_mrp_production as production
        on production.instance = document.instance and production.id = document.record_id
    left join dim_company as company
        on company.instance = document.instance and company.company_id = production.company_id
    left join cost
        on cost.instance = document.instance
        and cost.product_id = production.product_id
        and cost.company_id = production.company_id
    left join stg_product_product_last as product
        on product.instance = document.instance and product.id = production.product_id
    where document.record_model = 'mrp.production'
        and document.state not in ('done', 'cancel', 'deleted')
),

to_receive as (
    select
        instance,
        order_id,
        sum(subtotal_amount * greatest(quantity - coalesce(received_quantity, 0), 0) / quantity) as amount,
    from stg_purchase_order_line
    where quantity > 0
    group by instance, order_id
),

purchase as (
    select
        document.instance,
        document.record_model,
        document.record_id,
        document.name,
        document.plant,
        purchase.planned_at as due_at,
        false as is_demand,
        coalesce(to_receive.amount, document.amount) as amount,
        document.currency,
    from dim_document as document
    inner join stg_purchase_order as purchase
        on purchase.instance = document.instance and purchase.id = document.record_id
    left join to_receive
        on to_receive.instance = document.instance and to_receive.order_id = document.record_id
    where document.record_model = 'purchase.order'
        and document.state not in ('cancel', 'deleted')
        and coalesce(to_receive.amount, document.amount, 0) > 0
        and (document.state <> 'done' or to_receive.amount > 0)
),

to_deliver as (
    select
        instance,
        order_id,
        max(lead_days) filter (where abs(lead_days) <= 36500) as lead_days, -- more than a century is none
        sum(subtotal_amount * greatest(quantity - coalesce(delivered_quantity, 0), 0) / quantity) as amount,
    from stg_sale_order_line
    where quantity > 0
    group by instance, order_id
),

sale as (
    select
        sale.instance,
        'sale.order' as record_model,
        sale.id as record_id,
        sale.name,
        dim_plant.plant,
        coalesce(sale.promised_at, sale.ordered_at + to_days(coalesce(to_deliver.lead_days, 0)::integer)) as due_at,
        true as is_demand,
        to_deliver.amount,
        currency.name as currency,
    from stg_sale_order as sale
    inner join to_deliver
        on to_deliver.instance = sale.instance and to_deliver.order_id = sale.id and to_deliver.amount > 0
    left join dim_plant
        on dim_plant.instance = sale.instance and dim_plant.warehouse_id = sale.warehouse_id
    left join stg_res_currency_last as currency
        on currency.instance = sale.instance and currency.id = sale.currency_id
    where sale.state in ('sale', 'done')
),

open_order as (
    select * from production
    union all
    select * from purchase
    union all
    select * from sale
)

select
    open_order.*,
    open_order.amount * exchange.rate as reporting_amount,
    exchange.reporting_currency,
from open_order
left join dim_exchange_rate as exchange
    on exchange.instance = open_order.instance
    and exchange.currency = open_order.currency
    and exchange.valid_from <= $as_of::date
    and coalesce($as_of::date < exchange.valid_to, true)
