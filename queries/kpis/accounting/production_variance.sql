/*
title = "Production variance"
definition = "What production orders cost beyond (or below) their standard, as a share of the standard: components at their value and work at the hourly cost of its work centers, against the standard cost of what was made; totals of all orders, by the day they were done. Totals of several currencies are made in the reporting currency, at the rate of that day; the rows tell the amounts in that of the plant's company. Orders whose product, or one of whose components, has no known cost are left out; so is scrap, and what Odoo before 19 does not value counts at the cost of the component."
unit = "share"
direction = "lower"
owner = "Cost accountant"
measure = "ratio"
statistic = "ratio"
clocks = ["elapsed"]
dimensions = ["plant", "company", "product", "product_family", "currency"]
audience = ["executive", "plant manager"]
*/
select
    cost.instance,
    cost.record_model,
    cost.record_id,
    cost.name,
    cost.plant,
    cost.company,
    cost.product,
    cost.product_family,
    cost.currency,
    cost.done_at as at,
    (cost.actual_amount - cost.standard_amount) * exchange.rate as numerator,
    cost.standard_amount * exchange.rate as denominator,
    cost.material_amount,
    cost.work_amount,
    cost.standard_amount,
from fct_production_cost as cost
asof inner join dim_exchange_rate as exchange
    on exchange.instance = cost.instance
    and exchange.currency = cost.currency
    and exchange.valid_from <= cost.done_at::date
where cost.actual_amount is not null and cost.standard_amount > 0
