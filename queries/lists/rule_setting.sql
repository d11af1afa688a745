/*
title = "What applies to exceptions and checks"
definition = "Severity, owner, how long it may take, limit, and whether it is off: of each exception, and of each check that has a limit, for all plants (empty) and for those that ops.toml names."
*/
select
    coalesce(setting.exception, cfg_limit.rule) as rule,
    coalesce(setting.plant, cfg_limit.plant) as plant,
    setting.severity,
    setting.owner,
    setting.fallback,
    setting.sla,
    setting.is_off,
    cfg_limit.value as "limit",
from cfg_exception as setting
full join cfg_limit
    on cfg_limit.rule = setting.exception and cfg_limit.plant = setting.plant
order by rule, plant
