/*
title = "Parts of an export"
definition = "Workflows and plants with the cases that began in a span of time, and how many activities they have."
*/
select
    workflow,
    plant,
    count(*) as case_count,
    sum(len(string_split(variant, ' > ')))::bigint as event_count,
from fct_case
where variant is not null
    and ($workflow is null or workflow = $workflow)
    and ($plant is null or plant = $plant)
    and ($first_at is null or started_at >= $first_at)
    and ($before_at is null or started_at < $before_at)
group by workflow, plant
order by workflow, plant
