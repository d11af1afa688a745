/*
grain = "one row per stock location, with the plant it lies in and whether goods there are held"
key = ["instance", "location_id"]
*/
-- Odoo 14 and 15 do not store the warehouse of a location: it is that of the nearest parent that is a warehouse's view.
with recursive
above as (
    select
        instance,
        id as location_id,
        id as parent_id,
        0 as distance,
    from stg_stock_location_last
    union all
    select
        above.instance,
        above.location_id,
        location.parent_id,
        above.distance + 1 as distance,
    from above
    inner join stg_stock_location_last as location
        on location.instance = above.instance and location.id = above.parent_id
    where location.parent_id is not null and above.distance < 20
),

-- A location of ops.toml is its full name, or a word of its own name.
named as (
    select
        location.instance,
        location.id,
        location.usage in ('internal', 'transit') and exists (
            from cfg_quarantine as quarantine
            where lower(location.complete_name) = lower(quarantine.name)
                or regexp_matches(
                    lower(location.name), '(^|[^\pL\d])' || regexp_escape(lower(quarantine.name)) || '($|[^\pL\d])'
                )
        ) as is_quarantine,
    from stg_stock_location_last as location
),

place as (
    select
        above.instance,
        above.location_id,
        arg_min(warehouse.id, above.distance) filter (where warehouse.id is not null) as warehouse_id,
        coalesce(bool_or(named.is_quarantine), false) as is_quarantine,
    from above
    inner join named on named.instance = above.instance and named.id = above.parent_id
    left join stg_stock_warehouse_last as warehouse
        on warehouse.instance = above.instance and warehouse.view_location_id = above.parent_id
    group by above.instance, above.location_id
)

select
    location.instance,
    location.id as location_id,
    coalesce(location.complete_name, location.name) as location,
    location.usage,
    location.usage = 'inventory' or coalesce(location.is_scrap, false) as is_loss,
    place.is_quarantine and location.usage in ('internal', 'transit') as is_quarantine,
    dim_plant.plant,
    location.company_id,
from stg_stock_location_last as location
inner join place on place.instance = location.instance and place.location_id = location.id
left join dim_plant
    on dim_plant.instance = location.instance
    and dim_plant.warehouse_id = coalesce(location.warehouse_id, place.warehouse_id)
