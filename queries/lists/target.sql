/*
title = "Targets"
definition = "Targets of ops.toml, which override those of the KPI files; plant is empty for all plants."
*/
select
    kpi,
    plant,
    value,
from cfg_target
