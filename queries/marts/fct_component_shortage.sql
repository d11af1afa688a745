/*
grain = "one row per component of a production order and span in which refreshes saw it short, with what was missing and forecast then"
key = ["instance", "move_id", "seen_from_at"]
*/
-- Odoo keeps no history of components: this is what the refreshes saw. A span begins between began_after_at, when it was
-- last seen otherwise, and seen_from_at; it ends between ended_after_at and seen_to_at, both null while it lasts.
with
seen as (
    select
        *,
        lag(seen_at) over (partition by instance, id order by valid_from) as began_after_at,
    from stg_stock_move_history
)

select
    seen.instance,
    production.record_model,
    production.record_id,
    seen.id as move_id,
    production.name,
    production.plant,
    dim_product.product as component,
    seen.state,
    seen.demand_quantity,
    -- Odoo 16 and earlier do not store what is reserved for a component.
    if(seen.reserved_quantity is null, null, greatest(seen.demand_quantity - seen.reserved_quantity, 0)) as missing_quantity,
    seen.forecast_quantity,
    seen.forecast_at,
    seen.began_after_at,
    seen.valid_from as seen_from_at,
    seen.seen_at as ended_after_at,
    seen.valid_to as seen_to_at,
from seen
inner join fct_production_order as production
    on production.instance = seen.instance and production.record_id = seen.raw_material_production_id
left join dim_product
    on dim_product.instance = seen.instance and dim_product.product_id = seen.product_id
where seen.state in ('confirmed', 'waiting', 'partially_available')
