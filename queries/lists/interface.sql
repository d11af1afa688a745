/*
title = "Interfaces"
definition = "Every interface, who answers for it, how it is and why: the worst first."
*/
select
    *,
    $as_of as as_of,
from fct_interface_health
where coalesce(plant = $plant, $plant is null)
order by
    list_position(['failing', 'silent', 'degraded', 'unknown', 'up'], state),
    week_failure_count desc nulls last,
    interface,
    plant nulls last,
    interface_key
