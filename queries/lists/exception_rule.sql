/*
title = "Exception rules"
definition = "What applies to each kind of exception in all plants, and in each plant that ops.toml names: severity, how long is acceptable, who is to see to it and who takes over, and whether it is switched off."
*/
select
    exception,
    plant,
    severity,
    owner,
    fallback,
    sla,
    is_off,
from cfg_exception
order by exception, plant
