/*
title = "Reordering rule to order"
definition = "How long it takes from the moment the forecast stock of a reordering rule falls below its minimum until something is ordered for it: a purchase order line or a production order is made, be it a draft, or goods are sent for from elsewhere. Odoo records neither: the forecast is worked out from stock and moves, each from the moment it was asked for, against today's minimum; how far ahead the rule looks is not considered. Needs that a draft was there for already are left out; more pieces on a line that exists are not seen. A need that ends without an order because less was wanted ends then (answered by)."
unit = "duration"
direction = "lower"
target = "1 d"
objective = 0.85
limit = "3 d"
owner = "Head of materials management"
measure = "duration"
statistic = "p50"
clocks = ["elapsed", "working"]
dimensions = ["plant", "company", "product", "product_family", "trigger", "answered_by"]
audience = ["executive", "plant manager"]
*/
with
need as (
    select
        instance,
        record_model,
        record_id,
        name,
        plant,
        company,
        product,
        product_family,
        trigger,
        minimum_quantity,
        forecast_quantity,
        answered_by,
        answer,
        needed_at as started_at,
        answered_at as ended_at,
    from fct_replenishment_need
    where not is_asked_before
)

select *
from with_clocks('need', 'dim_calendar', $as_of)
