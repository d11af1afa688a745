/*
title = "Where people touch orders"
definition = "Of 100 orders created in the last 18 weeks that are closed: at which step people do what to them, how many touches that is (with the 95 % interval of a mean), how long after the touch before (median), and how many of those that can be told changed nothing."
*/
select *
from agg_touch_map
where ($workflow is null or workflow = $workflow)
order by workflow, plant nulls last, touches_per_100 desc, stands_at, kind
