/*
title = "Reaction time"
definition = "From a disturbance to the first thing done about it. A delay (an order has not begun when it was to, nor within the tolerance) and a change of quantity after the release are answered by a new plan or by a purchase or production order made for the order; a shortage by the same; a failed inspection when it is taken up again, or its goods are released, scrapped or returned. What waits for an answer counts as open; what ended without one is left out, and has a share of its own."
target = "1 d"
unit = "duration"
direction = "lower"
owner = "Head of production planning"
measure = "duration"
statistic = "p50"
clocks = ["elapsed", "working"]
dimensions = ["plant", "company", "product", "product_family", "responsible", "trigger"]
audience = ["executive", "plant manager"]
*/
with
answer as (
    select
        instance,
        record_model,
        record_id,
        name,
        plant,
        company,
        product,
        product_family,
        responsible,
        trigger,
        reaction,
        triggered_at as started_at,
        reacted_at as ended_at,
    from fct_reaction
    where reacted_at is not null or closed_at is null
)

select *
from with_clocks('answer', 'dim_calendar', $as_of)
