/*
title = "Most frequent ways"
definition = "Of each plant the 200 most frequent ways that cases of a workflow took: how many cases, which share, the share of the cases up to there (coverage), how many are still open, and the median time from the beginning to the end of those that ended."
*/
select
    workflow,
    plant,
    variant_number,
    variant,
    case_count,
    open_count,
    share,
    coverage,
    median_seconds,
from fct_variant
where variant_number <= 200 and ($workflow is null or workflow = $workflow)
order by workflow, plant nulls last, variant_number
