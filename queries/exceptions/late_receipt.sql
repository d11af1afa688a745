/*
title = "Receipt overdue"
definition = "A purchase order with lines whose promised day is over, in the plant's time zone, and not all of the goods are there. The promise is the planned date known to hold when the order was placed; a later date does not help. The money is that of what is missing."
severity = "high"
sla = "2 d"
owner = "Buyer"
fallback = "Head of purchasing"
remedy = "ask the vendor for a new date, tell the planner, or buy elsewhere"
needs = ["purchase_order_line"]
*/
select
    instance,
    record_model,
    record_id,
    name,
    plant,
    min(due_at) as since_at,
    any_value(responsible) as responsible,
    'missing: ' || string_agg(
        format('{:g} of {:g} ', open_quantity, quantity) || coalesce(product, 'a product'), ', ' order by due_at, line_id
    ) as detail,
    sum(open_amount) as amount,
    any_value(currency) as currency,
from fct_promise
where record_model = 'purchase.order' and outcome = 'open' and due_at <= $as_of
group by instance, record_model, record_id, name, plant
