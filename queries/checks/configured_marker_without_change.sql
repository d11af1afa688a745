/*
title = "Every configured change is found"
definition = "Each [[marker]] of ops.toml names plants that exist and, without a day, an automation rule or a scheduled action that Odoo has."
severity = "warn"
owner = "Operator"
remedy = "compare name and plants of the [[marker]] in ops.toml with those in Odoo; a roll-out needs its day, on = 2026-03-02"
*/
select
    configured.name,
    configured.plant,
from cfg_marker as configured
left join dim_plant on dim_plant.plant = configured.plant
where (configured.plant <> '' and dim_plant.plant is null)
    or (
        configured.changed_on is null
        and configured.name not in (
            select name from stg_base_automation_last where name is not null
            union all
            select name from stg_ir_cron_last where name is not null
            union all
            select name from stg_ir_actions_server_last where name is not null
        )
    )
