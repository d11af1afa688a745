/*
title = "Late receipts"
definition = "Of the purchase order lines due, how many were not all there by the end of the promised day, in the plant's time zone; lines past due and still open count as late. The promise is the planned date known to hold when the order was placed, or the first one seen since. Cancelled lines, services and lines not due yet are left out; where the rest was cancelled, the line is late."
unit = "share"
direction = "lower"
target = 0.1
objective = 0.85
owner = "Head of purchasing"
measure = "share"
statistic = "rate"
clocks = ["elapsed"]
dimensions = ["plant", "company", "vendor", "product", "product_family", "responsible"]
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
    partner as vendor,
    product,
    product_family,
    responsible,
    quantity,
    open_quantity,
    outcome,
    promised_at,
    planned_at,
    due_at,
    fulfilled_at,
    not coalesce(fulfilled_at <= due_at, false) as is_bad,
from fct_promise
where record_model = 'purchase.order' and outcome <> 'cancelled' and due_at <= $as_of
