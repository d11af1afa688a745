/*
title = "Time to ready"
definition = "From the creation of a production order until it can start: confirmed, and its components reserved (or work begun without them). Back-orders count from the split that made them. Orders cancelled before, and orders done at an unrecorded time, are left out."
target = "3 d"
unit = "duration"
direction = "lower"
owner = "Head of production planning"
measure = "duration"
statistic = "p50"
clocks = ["elapsed", "working"]
dimensions = ["plant", "company", "product", "product_family", "responsible"]
audience = ["executive", "plant manager"]
*/
with
preparation as (
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
        created_at as started_at,
        material_wait_ended_at as ended_at,
    from fct_production_order
    where (released_at is not null or is_draft)
        and (material_wait_ended_at is not null or state not in ('done', 'cancel'))
)

select *
from with_clocks('preparation', 'dim_calendar', $as_of)
