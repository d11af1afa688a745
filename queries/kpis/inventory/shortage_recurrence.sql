/*
title = "Shortage recurrence"
definition = "Of the times a component ran short in a plant, how many came within 14 days of the end of the time before: shortages that were filled and not cured. Waits of production orders for one component that overlap are one shortage of it, from the first order that waited to the last that got it; the record is the first. What an order waited for is known where the component was reserved during the wait, or where a refresh saw it short; waits of which it is not known, of orders that need nothing known to be short then, are counted beside the number. The vendor is the one the component was last bought from. The first 14 days of what is known are left out: nobody knows what was before."
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
    if(component_id is null, ended_at, filled_at) as ended_at,
    previous_ended_at,
    short_at as at,
    component_id is not null as is_measured,
    coalesce(short_at - previous_ended_at <= interval 14 days, false) as is_bad,
from fct_component_wait
where short_at >= known_from_at + interval 14 days
    and if(component_id is null, not is_likely_known, is_first)
