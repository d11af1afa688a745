/*
title = "The newest weeks that were judged"
definition = "The two newest weeks of a KPI, per plant (empty: all plants), by one clock (or, of KPIs without it, by elapsed time) that were judged against a baseline, the newest first: its value beside the baseline and its limits, and what the week is."
*/
select
    kpi,
    plant,
    clock,
    period_start,
    period_end,
    value,
    n,
    baseline,
    limit_low,
    limit_high,
    verdict,
    shift_since,
from agg_kpi
where period = 'week'
    and verdict in ('normal', 'above', 'below')
    and clock = if(kpi in (select kpi from agg_kpi where clock = $clock), $clock, 'elapsed')
    and ($kpis is null or list_contains($kpis::varchar[], kpi))
qualify row_number() over (partition by kpi, plant order by period_start desc) <= 2
order by kpi, plant nulls first, period_start desc
