/*
title = "Every configured plant is found"
definition = "Each [plant] of ops.toml names a warehouse that Odoo has."
severity = "warn"
owner = "Operator"
remedy = "compare company and warehouse in ops.toml with the names in Odoo"
*/
select
    configured.code as name,
    'company ' || coalesce(configured.company, '?') || ', warehouse ' || coalesce(configured.warehouse, '?') as detail,
from cfg_plant as configured
left join dim_plant on dim_plant.plant = configured.code
where dim_plant.plant is null
