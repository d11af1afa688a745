/*
title = "Sold below the margin"
definition = "A quotation or an open sales order of the last year with a line whose price, less discounts, leaves less than 10 % (its limit) over the cost of the product. Lines of products without a known cost, returns and deliveries that are complete are left out."
severity = "medium"
about = "sensitive change"
sla = "2 d"
limit = 0.10
owner = "Head of sales"
fallback = "Head of finance"
remedy = "agree on another price, or have the line approved as it is"
needs = ["sale_order_line"]
*/
with
line as (
    select
        line.instance,
        line.id as line_id,
        line.order_id,
        line.product_id,
        sale.name,
        sale.company_id,
        currency.name as currency,
        company_currency.name as company_currency,
        dim_plant.plant,
        dim_user.name as responsible,
        line.created_at,
        coalesce(sale.ordered_at, line.created_at) as priced_at,
        sale.untaxed_amount,
        line.subtotal_amount / line.quantity as price,
        line.unit_cost as line_cost,
        coalesce(unit.size, 1) / coalesce(own_unit.size, 1) as unit_ratio,
    from stg_sale_order_line_last as line
    inner join stg_sale_order_last as sale
        on sale.instance = line.instance and sale.id = line.order_id
    left join stg_res_company_last as company
        on company.instance = sale.instance and company.id = sale.company_id
    left join stg_res_currency_last as currency
        on currency.instance = sale.instance and currency.id = sale.currency_id
    left join stg_res_currency_last as company_currency
        on company_currency.instance = company.instance and company_currency.id = company.currency_id
    left join dim_plant
        on dim_plant.instance = sale.instance and dim_plant.warehouse_id = sale.warehouse_id
    left join dim_user
        on dim_user.instance = sale.instance and dim_user.user_id = sale.user_id
    left join stg_product_product_last as product
        on product.instance = line.instance and product.id = line.product_id
    left join stg_product_template_last as template
        on template.instance = product.instance and template.id = product.product_tmpl_id
    left join dim_unit as unit on unit.instance = line.instance and unit.unit_id = line.product_uom_id
    left join dim_unit as own_unit on own_unit.instance = template.instance and own_unit.unit_id = template.uom_id
    where sale.state in ('draft', 'sent', 'sale')
        and sale.gone_by is distinct from 'deleted'
        and line.gone_by is distinct from 'deleted'
        and coalesce(line.display_type, '') = ''
        and line.quantity > 0
        and (sale.state <> 'sale' or coalesce(line.delivered_quantity, 0) < line.quantity)
        and line.created_at >= date_trunc('day', $as_of) - interval 365 day
),

-- A cost is in the currency of the company, or, where the line has it, in that of the order.
costed as (
    select
        line.*,
        case
            when line.line_cost > 0 then line.line_cost
            when line.currency = line.company_currency then nullif(cost.unit_cost, 0) * line.unit_ratio
            else nullif(cost.unit_cost, 0) * line.unit_ratio * company_rate.rate / order_rate.rate
        end as cost,
    from line
    asof left join fct_product_cost as cost
        on cost.instance = line.instance
        and cost.product_id = line.product_id
        and cost.company_id = line.company_id
        and cost.held_from <= line.priced_at
    asof left join dim_exchange_rate as order_rate
        on order_rate.instance = line.instance
        and order_rate.currency = line.currency
        and order_rate.valid_from <= line.priced_at::date
    asof left join dim_exchange_rate as company_rate
        on company_rate.instance = line.instance
        and company_rate.currency = line.company_currency
        and company_rate.valid_from <= line.priced_at::date
),

margin as (
    select
        *,
        if(price > 0, 1 - cost / price, null) as margin,
    from costed
    where cost > 0 and (price <= 0 or 1 - cost / price < limit_of('margin_below_limit', plant))
)

select
    margin.instance,
    'sale.order' as record_model,
    margin.order_id as record_id,
    any_value(margin.name) as name,
    any_value(margin.plant) as plant,
    min(margin.created_at) as since_at,
    any_value(margin.responsible) as responsible,
    arg_min(
        coalesce(dim_product.product, 'line ' || margin.line_id) || ': '
        || coalesce(format('{:.0f}', 100 * margin.margin) || ' % margin', 'free of charge'),
        coalesce(margin.margin, -1000000)
    ) as detail,
    any_value(margin.untaxed_amount) as amount,
    any_value(margin.currency) as currency,
from margin
left join dim_product
    on dim_product.instance = margin.instance and dim_product.product_id = margin.product_id
group by margin.instance, margin.order_id
