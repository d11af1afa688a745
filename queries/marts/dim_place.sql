/*
grain = "one row per work center, maintenance team or machine that ops.toml puts into a plant, by name"
key = ["instance", "name"]
*/
select
    dim_plant.instance,
    configured.name,
    dim_plant.plant,
    dim_plant.company_id,
from cfg_place as configured
inner join dim_plant on dim_plant.plant = configured.plant
