/*
title = "Verdicts of the newest final week"
definition = "Whether the newest final week of a KPI differs from its baseline, per plant (empty: all plants) and clock, or why that cannot be said."
*/
select
    kpi,
    plant,
    clock,
    period_start,
    value,
    n,
    baseline,
    limit_low,
    limit_high,
    verdict,
    shift_since,
    verdict_reason,
from agg_kpi
where period = 'week'
    and is_final
    and value is not null
qualify row_number() over (partition by kpi, plant, clock order by period_start desc) = 1
order by kpi, plant nulls first, clock
