/*
title = "Interfaces by the hour"
definition = "What each interface did in each hour (UTC) of the last seven days in which it ran: runs by when they began, and which of them failed at least once or are open."
*/
select
    interface_key,
    interface,
    source,
    plant,
    hour_at,
    run_count,
    failure_count,
    open_count,
    p95_seconds,
from agg_interface_hour
where coalesce(plant = $plant, $plant is null)
order by interface, plant nulls last, interface_key, hour_at
