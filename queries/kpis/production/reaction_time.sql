/*
title = "Reaction time"
definition = "From a disturbance to the first thing done about it. A delay (an order has not begun when it was to, nor within the tolerance) and a change of demand after the release (of the order's quantity, or of the sales line it is made for, as refreshes saw it) are answered by a new plan or by a purchase or production order made for the order or the sale; a shortage by the same, and by a purchase or production order for the stock that fills it. A failed check (OCA inspection, Enterprise quality check) is answered by rework, when it is taken up again; by containment, when its goods (the lot, or, of a check of a transfer or an order without lots, the product in the plant) are put into quarantine, scrapped or sent back; or by what is done about its order. Goods that are merely released are not contained. What waits for an answer counts as open; what ended without one, or by what was already under way, is left out, and has a share of its own."
target = "1 d"
unit = "duration"
direction = "lower"
owner = "Head of production planning"
measure = "duration"
statistic = "p50"
clocks = ["elapsed", "working"]
dimensions = ["plant", "company", "product", "product_family", "responsible", "trigger", "reaction"]
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
