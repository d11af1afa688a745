/*
title = "Every configured place is found"
definition = "Each name under [place] of ops.toml is that of a work center, a maintenance team or a machine, of the company whose plant it is put into."
severity = "warn"
owner = "Operator"
remedy = "compare the name and the plant under [place] in ops.toml with those in Odoo"
*/
select
    configured.name,
    configured.plant,
from cfg_place as configured
where not exists (
    select 1
    from dim_place
    inner join (
        select instance, company_id, name from stg_mrp_workcenter_last
        union all
        select instance, company_id, name from stg_maintenance_team_last
        union all
        select instance, company_id, name from stg_maintenance_equipment_last
    ) as thing
        on thing.instance = dim_place.instance
        and coalesce(thing.company_id, dim_place.company_id) = dim_place.company_id
        and thing.name = dim_place.name
    where dim_place.name = configured.name
)
