/*
title = "Delivered in full and on time"
definition = "Of the sales order lines due, how many were delivered in full by the end of the promised day, in the plant's time zone; lines past due and still open count as not. The promise is the delivery date of the order known to hold when it was confirmed, or the first one seen since, else the order date plus the line's lead time (promise). Cancelled lines, services and lines not due yet are left out; where the rest was cancelled, or a customer sent goods back before all were there, the line is not in full. SCOR counts the same per order (RL.2.1 and RL.2.2 of the perfect order)."
unit = "share"
direction = "higher"
target = 0.95
objective = 0.9
owner = "Head of customer service"
measure = "share"
statistic = "rate"
clocks = ["elapsed"]
dimensions = ["plant", "company", "customer", "product", "product_family", "responsible", "promise"]
audience = ["executive", "plant manager"]
*/
select
    instance,
    record_model,
    record_id,
    line_id,
    name,
    plant,
    company,
    partner as customer,
    product,
    product_family,
    responsible,
    promise,
    quantity,
    open_quantity,
    outcome,
    promised_at,
    planned_at,
    due_at,
    fulfilled_at,
    coalesce(fulfilled_at <= due_at, false) as is_good,
from fct_promise
where record_model = 'sale.order' and outcome <> 'cancelled' and due_at <= $as_of
