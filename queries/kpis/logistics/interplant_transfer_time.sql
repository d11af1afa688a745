/*
title = "Transfer time between plants"
definition = "How long goods take from one warehouse to another: from the moment they are asked for until all of them are booked in at the other end, in the plant that waits for them. The transfer out of the one warehouse and those into the other are linked by their moves; straight transfers count, too. Transfers to other companies' goods in transit that nobody books in stay open. Cancelled transfers are left out."
unit = "duration"
direction = "lower"
target = "5 d"
owner = "Head of logistics"
measure = "duration"
statistic = "p50"
clocks = ["elapsed", "working"]
dimensions = ["plant", "company", "from_plant", "product", "product_family"]
audience = ["executive", "plant manager"]
*/
with
transfer as (
    select
        instance,
        record_model,
        record_id,
        name,
        plant,
        company,
        from_plant,
        product,
        product_family,
        arrivals,
        gone_at,
        asked_at as started_at,
        arrived_at as ended_at,
    from fct_interplant_transfer
    where not is_cancelled
)

select *
from with_clocks('transfer', 'dim_calendar', $as_of)
