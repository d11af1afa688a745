/*
title = "Receipt delay"
definition = "How much later than promised the goods of a purchase order line are all there: from the end of the promised day, in the plant's time zone, until the last of them is booked in; 0 when they came in time. The promise is the planned date known to hold when the order was placed, or the first one seen since; moving it later does not help. Lines that are due and not all there are open. Where the rest was cancelled the last receipt ends it; cancelled lines, services and lines not due yet are left out."
unit = "duration"
direction = "lower"
target = "2 d"
objective = 0.8
limit = "3 d"
owner = "Head of purchasing"
measure = "duration"
statistic = "p85"
clocks = ["elapsed", "working"]
dimensions = ["plant", "company", "vendor", "product", "product_family", "responsible"]
audience = ["executive", "plant manager"]
*/
with
delay as (
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
        due_at as started_at,
        case outcome
            when 'in full' then greatest(fulfilled_at, due_at)
            when 'in part' then greatest(last_moved_at, due_at)
        end as ended_at,
    from fct_promise
    where record_model = 'purchase.order' and outcome <> 'cancelled' and due_at <= $as_of
)

select *
from with_clocks('delay', 'dim_calendar', $as_of)
