/*
title = "Moves between plants"
definition = "What a plant does in another share of its cases than another plant or the reference (empty), over the last 26 weeks: both shares, their difference with its 95 % interval, and how much of the distance would be gone were they the same, beyond the moves before. Moves are chosen for being large and each interval is of its move alone, not of all together: the first are rather overstated."
*/
select
    workflow,
    plant,
    other,
    rank,
    move,
    kind,
    activity,
    following,
    rate,
    rate_other,
    difference,
    low,
    high,
    explained,
    instance,
    record_model,
    record_id,
    name,
from agg_harmonization_move
where ($workflow is null or workflow = $workflow)
    and ($plant is null or plant = $plant)
order by workflow, plant, other nulls first, rank
