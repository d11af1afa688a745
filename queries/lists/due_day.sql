/*
title = "Cases due per day"
definition = "Cases of a KPI with a service level that fell due, and how many of them missed it, per plant and day (UTC)."
*/
select
    kpi,
    plant,
    due_on,
    n_due,
    n_missed,
    n_unmeasured,
from agg_due
order by kpi, plant, due_on
