/*
title = "Production cycle time"
definition = "From the start of work on a production order to its completion. Orders in progress count as open; cancelled orders are left out. Orders marked done without a recorded start are left out: their start date is only the plan. The weekday is that of the start, in the plant's own time."
unit = "duration"
direction = "lower"
owner = "Head of production planning"
measure = "duration"
statistic = "p50"
clocks = ["elapsed", "working"]
dimensions = ["plant", "company", "product", "product_family", "responsible", "weekday"]
audience = ["executive", "plant manager"]
*/
with
cycle as (
    select
        production.instance,
        production.record_model,
        production.record_id,
        production.name,
        production.plant,
        production.company,
        production.product,
        production.product_family,
        production.responsible,
        dayname(production.started_at at time zone 'UTC' at time zone dim_plant.timezone) as weekday,
        production.started_at,
        production.done_at as ended_at,
    from fct_production_order as production
    left join dim_plant on dim_plant.instance = production.instance and dim_plant.plant = production.plant
    where production.started_at is not null
        and not production.is_cancelled
        and (production.done_at is not null or production.state <> 'done')
)

select *
from with_clocks('cycle', 'dim_calendar', $as_of)
