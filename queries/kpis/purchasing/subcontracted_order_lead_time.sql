/*
title = "Subcontracted order lead time"
definition = "How long a line of a purchase order with a subcontractor takes from ordering until all of it is booked in. Where the rest was cancelled the last receipt ends it; cancelled lines are left out."
unit = "duration"
direction = "lower"
target = "14 d"
owner = "Head of purchasing"
measure = "duration"
statistic = "p50"
clocks = ["elapsed", "working"]
dimensions = ["plant", "company", "vendor", "product", "product_family", "responsible"]
audience = ["executive", "plant manager"]
*/
with
subcontracted as (
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
        ordered_at as started_at,
        case outcome when 'in full' then fulfilled_at when 'in part' then last_moved_at end as ended_at,
    from fct_promise
    where is_subcontracted and record_model = 'purchase.order' and outcome <> 'cancelled'
)

select *
from with_clocks('subcontracted', 'dim_calendar', $as_of)
