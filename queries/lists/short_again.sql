/*
title = "Components that run short"
definition = "Per component, vendor and plant since a day: how often it ran short (waits of orders that overlap are one time), how often of these within 14 days of the time before (of the times for which that is known), how many waits of orders it caused, how long these took together with open ones at the age they have, and the time within which half of them ended (none: half are open). Waits of which it is not known for what have no component; those of them that are of orders which need something known to be short then are left out."
*/
select
    plant,
    component,
    any_value(component_family) as component_family,
    vendor,
    count(*) filter (where is_first) as time_count,
    count(*) filter (where is_first and short_at >= known_from_at + interval 14 days) as judged_count,
    count(*) filter (
        where is_first and short_at >= known_from_at + interval 14 days
            and short_at - previous_ended_at <= interval 14 days
    ) as again_count,
    count(*) as wait_count,
    count(distinct (instance, record_id)) as order_count,
    count(*) filter (where ended_at is null) as open_count,
    sum(epoch(coalesce(ended_at, $as_of) - short_at)) as wait_seconds,
    nullif(
        quantile_disc(if(ended_at is null, 'infinity'::double, epoch(ended_at - short_at)), 0.5), 'infinity'::double
    ) as median_seconds,
    max(short_at) as last_at,
from fct_component_wait
where short_at >= $from_on::timestamp and not (component_id is null and is_likely_known)
group by plant, component, vendor
order by wait_seconds desc, component, vendor, plant
