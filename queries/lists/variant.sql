/*
title = "Variants"
definition = "The ways that cases of a workflow took in a plant, the most frequent first: how many cases, which share, the share of the cases up to there (coverage), how many are still open, and the median time from the beginning to the end of those that ended."
*/
select
    workflow,
    plant,
    variant_number,
    case_count,
    share,
    coverage,
    open_count,
    median_seconds,
    activity_count,
    variant,
from fct_variant
where ($workflow is null or workflow = $workflow)
    and ($plant is null or plant = $plant)
order by workflow, plant nulls last, variant_number
