/*
title = "The scoreboard"
definition = "Lines of agg_kpi by one clock (or, of KPIs without it, by elapsed time) whose period ended after `from_on`: of all plants together (no plant) and of one, and of the KPIs `by_plant` those of each plant. `period`: week or 28 days; empty: both."
*/
select * exclude (run, as_of)
from agg_kpi
where period_end > $from_on::date
    and ($period is null or period = $period)
    and (plant is null or plant = $plant or list_contains($by_plant::varchar[], kpi))
    and clock = if(kpi in (select kpi from agg_kpi where clock = $clock), $clock, 'elapsed')
order by kpi, plant nulls first, period, period_start
