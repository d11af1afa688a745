/*
title = "Shortage recurrence"
definition = "Of the waits of production orders for a component, how many were for one that had run short in the same plant within the 14 days before: shortages that were filled and not cured. Waits for a component that overlap are one shortage of it. What an order waited for is known where the component was reserved during the wait, or where a refresh saw it short; waits of which it is not known are counted beside the number. The vendor is the one the component was last bought from. The first 14 days of what is known are left out: nobody knows what was before."
unit = "share"
direction = "lower"
target = 0.3
owner = "Head of materials management"
measure = "share"
statistic = "rate"
clocks = ["elapsed"]
dimensions = ["plant", "company", "component", "component_family", "vendor"]
audience = ["executive", "plant manager"]
coverage = "component known"
*/
select
    instance,
    record_model,
    record_id,
    name,
    plant,
    company,
    product,
    component,
    component_family,
    vendor,
    told_by,
    ended_at,
    previous_ended_at,
    short_at as at,
    component_id is not null as is_measured,
    coalesce(time_began_at - previous_ended_at <= interval 14 days, false) as is_bad,
from fct_component_wait
where short_at >= known_from_at + interval 14 days
