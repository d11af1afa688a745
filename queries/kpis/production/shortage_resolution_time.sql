/*
title = "Shortage resolution time"
definition = "How long a confirmed production order waits for material, one row for each interval in which it does: an order whose reservation is lost again has several. An interval ends when the components are reserved, or when the order is finished without them; starting work does not end it. Intervals ended by cancelling the order, or in a way that was not recorded, are left out."
target = "2 d"
unit = "duration"
direction = "lower"
headline = 2
told = "waits {value} for material that an order lacks"
objective = 0.85
limit = "5 d"
owner = "Head of production planning"
measure = "duration"
statistic = "p50"
clocks = ["elapsed", "working"]
dimensions = ["plant", "company", "product", "product_family", "responsible", "waits_for"]
audience = ["executive", "plant manager"]
*/
with
shortage as (
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
        waits_for,
        interval_number,
        outcome,
        short_at as started_at,
        ended_at as ended_at,
    from fct_shortage
    where outcome not in ('cancelled', 'end not recorded')
)

select *
from with_clocks('shortage', 'dim_calendar', $as_of)
