/*
title = "Service levels"
definition = "The share of cases that is to be in good order, for durations within a limit; plant is empty for all plants, the objective where a plant is to have none."
*/
select
    kpi,
    plant,
    objective,
    limit_seconds,
    clock,
from cfg_objective
order by kpi, plant
