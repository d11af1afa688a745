/*
title = "Harmonization of plants"
definition = "How alike the ways of a workflow are in two plants, or in a plant and the reference (empty): the index with its 95 % interval, how many cases and variants it rests on; over the last 26 weeks and for each of the last twelve months. Over the 26 weeks also whether they are told apart: by the adjusted p-value, which has all comparisons of a publish in mind, so that plants that work alike are called different in one publish of twenty at most. Months are a trend and not tested."
*/
select
    workflow,
    plant,
    other,
    other_count,
    period,
    period_start,
    period_end,
    value,
    low,
    high,
    state,
    p_value,
    p_adjusted,
    n,
    n_other,
    variants,
    coverage,
    emd,
    emd_expected,
    relabellings,
    reason,
from agg_harmonization
where ($workflow is null or workflow = $workflow)
    and ($plant is null or plant = $plant)
order by workflow, plant, period <> '26 weeks', period_start desc, other nulls first
