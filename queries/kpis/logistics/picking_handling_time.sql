/*
title = "Picking handling time"
definition = "How long a delivery, an internal transfer or a leg of a transfer between warehouses lies ready, with everything reserved, until it is done: the part of its lead time that the warehouse has in its hands. It counts from the first time it was ready. Transfers that were never seen ready, receipts, what goes back, and cancelled and deleted transfers are left out."
unit = "duration"
direction = "lower"
target = "1 d"
owner = "Warehouse manager"
measure = "duration"
statistic = "p50"
clocks = ["elapsed", "working"]
dimensions = ["plant", "company", "kind", "product", "product_family", "partner", "responsible"]
audience = ["plant manager", "operator"]
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
        created_at,
        scheduled_at,
        ready_at as started_at,
        done_at as ended_at,
    from fct_transfer
    where not is_cancelled and kind in ('delivery', 'internal', 'between warehouses') and ready_at is not null
)

select *
from with_clocks('transfer', 'dim_calendar', $as_of)
