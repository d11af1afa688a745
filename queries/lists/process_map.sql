/*
title = "Process map"
definition = "Which activity directly followed which in the cases of a workflow in a plant, the most frequent first: how often, for how many of 100 steps that left the first one, and after how long (median). Cases begin from start, and lead to end or still open."
*/
select
    workflow,
    plant,
    from_activity,
    to_activity,
    step_count,
    step_count / sum(step_count) over (partition by workflow, plant, from_activity) as share_of_from,
    median_wait_seconds,
from agg_dfg
where ($workflow is null or workflow = $workflow)
    and ($plant is null or plant = $plant)
order by workflow, plant nulls last, step_count desc, from_activity, to_activity
