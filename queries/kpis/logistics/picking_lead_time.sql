/*
title = "Picking lead time"
definition = "How long a delivery, an internal transfer or a leg of a transfer between warehouses takes from its creation until it is done; a back-order counts from its own creation. The row also tells when it was ready, that is when everything it needs was reserved. Receipts and what goes back are left out (see receipt delay), and so are cancelled and deleted transfers."
unit = "duration"
direction = "lower"
target = "3 d"
objective = 0.85
limit = "7 d"
owner = "Warehouse manager"
measure = "duration"
statistic = "p50"
clocks = ["elapsed", "working"]
dimensions = ["plant", "company", "kind", "product", "product_family", "partner", "responsible"]
audience = ["executive", "plant manager", "operator"]
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
        kind,
        product,
        product_family,
        partner,
        responsible,
        origin,
        state,
        ready_at,
        first_scheduled_at,
        scheduled_at,
        replan_count,
        created_at as started_at,
        done_at as ended_at,
    from fct_transfer
    where not is_cancelled and kind in ('delivery', 'internal', 'between warehouses')
)

select *
from with_clocks('transfer', 'dim_calendar', $as_of)
