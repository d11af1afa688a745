/*
title = "Production cycle time"
definition = "From the start of work on a production order to its completion. Orders in progress count as open; cancelled orders are left out. Orders marked done without a recorded start are left out: their start date is only the plan."
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
cycle as (
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
        started_at as started_at,
        done_at as ended_at,
    from fct_production_order
    where started_at is not null
        and not is_cancelled
        and (done_at is not null or state <> 'done')
)

select *
from with_clocks('cycle', 'dim_calendar', $as_of)
