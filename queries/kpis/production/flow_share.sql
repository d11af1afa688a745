/*
title = "Flow share"
definition = "Of the time from the start of a production order to its completion, how much was work: the real durations of its work orders over that time, nights and weekends included. The rest is waiting. Over 100 % means that operations ran side by side. Orders without work orders, and orders done at an unrecorded time, are left out; an order whose work nobody timed (Odoo then writes the expected time) is counted beside the number."
unit = "share"
direction = "higher"
owner = "Head of production"
measure = "ratio"
statistic = "ratio"
clocks = ["elapsed"]
dimensions = ["plant", "company", "product", "product_family", "responsible"]
audience = ["executive", "plant manager"]
coverage = "time recorded"
*/
with
touched as (
    select
        instance,
        production_id,
        round(sum(actual_minutes) * 60) as work_seconds,
        count(*) as work_order_count,
        bool_and(is_time_recorded) as is_measured,
    from fct_work_order
    where state <> 'cancel'
    group by instance, production_id
)

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
    touched.work_order_count,
    production.started_at,
    production.done_at as at,
    touched.work_seconds as numerator,
    epoch(production.done_at - production.started_at) as denominator,
    touched.is_measured,
from fct_production_order as production
inner join touched
    on touched.instance = production.instance and touched.production_id = production.record_id
where production.started_at is not null and production.done_at is not null
