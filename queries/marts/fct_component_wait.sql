/*
grain = "one row per interval in which a production order waited for components, and component that it waited for (none: not known), with the shortage of it in the plant and the one before"
key = ["instance", "record_id", "interval_number", "move_id"]
person = ["responsible"]
*/
-- Odoo keeps no history of components. What an order waited for is what was set aside for the first time during the wait,
-- told by the moment its reservation was made, or what a refresh saw short meanwhile. Goods of which a part was there from
-- the beginning keep the moment of that part: only refreshes tell that more of them was awaited. began_at and filled_at
-- are those of the shortage, from the first order that waited for the component to the last that got it.
with
wait as (
    select *
    from fct_shortage
    where waits_for = 'components' and outcome not in ('cancelled', 'end not recorded')
),

component as (
    select
        move.instance,
        move.raw_material_production_id as record_id,
        move.id as move_id,
        move.product_id,
        move.state,
        max(line.created_at) as reserved_at,
    from stg_stock_move as move
    left join stg_stock_move_line as line on line.instance = move.instance and line.move_id = move.id
    where (move.instance, move.raw_material_production_id) in (select (instance, record_id) from wait)
    group by move.instance, move.raw_material_production_id, move.id, move.product_id, move.state
),

seen as (
    select distinct
        wait.instance,
        wait.record_id,
        wait.interval_number,
        span.move_id,
    from wait
    inner join fct_component_shortage as span
        on span.instance = wait.instance and span.record_id = wait.record_id
        and coalesce(span.ended_after_at, $as_of) >= wait.short_at
        and span.seen_from_at <= coalesce(wait.ended_at, $as_of)
),

told as (
    select
        wait.instance,
        wait.record_id,
        wait.interval_number,
        component.move_id,
        component.product_id,
        if(seen.move_id is null, 'reservation', 'seen') as told_by,
    from wait
    inner join component on component.instance = wait.instance and component.record_id = wait.record_id
    left join seen
        on seen.instance = wait.instance and seen.record_id = wait.record_id
        and seen.interval_number = wait.interval_number and seen.move_id = component.move_id
    where seen.move_id is not null
        or (
            component.reserved_at > wait.short_at
            and component.reserved_at <= coalesce(wait.ended_at, $as_of) + interval 1 minute
        )
),

named as (
    select
        wait.*,
        coalesce(told.move_id, 0) as move_id,
        told.product_id as component_id,
        told.told_by,
        coalesce(wait.ended_at, 'infinity') as until_at,
        min(wait.short_at) over (partition by wait.instance) as known_from_at,
    from wait
    left join told
        on told.instance = wait.instance and told.record_id = wait.record_id
        and told.interval_number = wait.interval_number
),

-- Waits for one component that overlap are one time that it ran short in the plant.
time as (
    select
        *,
        count(*) filter (where is_new) over (
            partition by instance, plant, component_id order by short_at, record_id, interval_number, move_id
        ) as number,
    from (
        select
            *,
            coalesce(short_at > max(until_at) over earlier, true) as is_new,
        from named
        window earlier as (
            partition by instance, plant, component_id
            order by short_at, record_id, interval_number, move_id
            rows between unbounded preceding and 1 preceding
        )
    )
),

shortage as (
    select
        instance,
        plant,
        component_id,
        number,
        min(short_at) as began_at,
        max(until_at) as until_at,
    from time
    where component_id is not null
    group by instance, plant, component_id, number
),

-- Waits of which it is not known for what, of orders that need what was known to be short then.
likely as (
    select distinct
        unknown.instance,
        unknown.record_id,
        unknown.interval_number,
    from (
        select
            time.instance,
            time.plant,
            time.record_id,
            time.interval_number,
            time.short_at,
            time.until_at,
            component.product_id,
        from time
        inner join component on component.instance = time.instance and component.record_id = time.record_id
        where time.component_id is null
    ) as unknown
    asof inner join shortage
        on shortage.instance = unknown.instance and shortage.plant = unknown.plant
        and shortage.component_id = unknown.product_id and shortage.began_at <= unknown.until_at
    where shortage.until_at >= unknown.short_at
),

-- The vendor is the one it was last bought from before, else the first after.
bought as (
    select
        instance,
        plant,
        product_id,
        partner,
        ordered_at,
        lag(ordered_at) over (partition by instance, plant, product_id order by ordered_at, line_id) is null as is_first,
    from fct_promise
    where record_model = 'purchase.order' and plant is not null
)

select
    time.instance,
    time.record_model,
    time.record_id,
    time.interval_number,
    time.move_id,
    time.name,
    time.plant,
    time.company,
    time.product,
    time.responsible,
    dim_product.product as component,
    dim_product.family as component_family,
    time.component_id,
    time.told_by,
    supply.partner as vendor,
    time.short_at,
    time.ended_at,
    shortage.began_at,
    time.is_new and time.component_id is not null as is_first,
    nullif(shortage.until_at, 'infinity') as filled_at,
    before.until_at as previous_ended_at,
    likely.record_id is not null as is_likely_known,
    time.known_from_at,
from time
left join dim_product
    on dim_product.instance = time.instance and dim_product.product_id = time.component_id
left join shortage
    on shortage.instance = time.instance and shortage.plant = time.plant
    and shortage.component_id = time.component_id and shortage.number = time.number
left join shortage as before
    on before.instance = time.instance and before.plant = time.plant
    and before.component_id = time.component_id and before.number = time.number - 1
left join likely
    on likely.instance = time.instance and likely.record_id = time.record_id
    and likely.interval_number = time.interval_number and time.component_id is null
asof left join (
    select * replace (if(is_first, timestamp '1970-01-01', ordered_at) as ordered_at) from bought
) as supply
    on supply.instance = time.instance and supply.plant = time.plant
    and supply.product_id = time.component_id and supply.ordered_at <= time.short_at
