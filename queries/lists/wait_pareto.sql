/*
title = "Who orders wait for"
definition = "Per plant and owner the hours of the lead time of production orders completed in the last 26 weeks: how many (of them before work began, and of timed work), of which share, in how many orders and the median of those, and how many open orders it holds now. freed: the lead time (p50, p85 over all these orders) without the hours in which the owner alone held an order; where others held it too, the next of them takes over, so this is what freeing the owner gives at least. freed_most: without all the hours that the owner has, nights and weekends in between included: what it gives at most. Of a closed plant neither is told: nobody frees a night. By the clock working, hours in which the plant is closed are left out."
*/
select
    plant,
    owner,
    rank,
    seconds,
    share,
    before_seconds,
    touch_seconds,
    median_seconds,
    n,
    order_count,
    n_open,
    lead_p50,
    lead_p85,
    freed_p50,
    freed_p85,
    freed_most_p50,
    freed_most_p85,
    calendar_gap,
from agg_wait
where clock = $clock and ($plant is null or coalesce(plant, '(none)') = $plant)
order by plant nulls last, seconds desc nulls last, rank
