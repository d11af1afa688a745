/*
grain = "one row per reordering rule and time that the forecast stock fell below its minimum: until something was ordered"
key = ["instance", "record_id", "needed_at"]
*/
-- Odoo keeps neither the forecast of the past nor the moment at which a rule asked for more. Both follow from the moves:
-- today's stock and what is on its way, less what has been asked for since, each move from the moment it was asked for.
-- The minimum is today's.
with
rule as (
    select
        rule.instance,
        rule.id as rule_id,
        rule.name,
        rule.product_id,
        rule.company_id,
        rule.minimum_quantity,
        rule.trigger,
        place.plant,
        place.location,
    from stg_stock_warehouse_orderpoint as rule
    inner join dim_location as place
        on place.instance = rule.instance and place.location_id = rule.location_id
    where coalesce(rule.active, true) and place.plant is not null and rule.minimum_quantity > 0
),

-- The places that a rule looks after: its own and those within it.
place as (
    select
        rule.instance,
        rule.rule_id,
        rule.product_id,
        place.location_id,
    from rule
    inner join dim_location as place
        on place.instance = rule.instance and place.plant = rule.plant and place.usage in ('internal', 'transit')
        and (place.location = rule.location or starts_with(place.location, rule.location || '/'))
),

-- What is left over of a line is asked for with the line, and components with the release of their order.
move as (
    select
        move.instance,
        move.id,
        move.product_id,
        move.source_location_id,
        move.destination_location_id,
        if(
            move.state = 'done', coalesce(move.done_quantity, move.reserved_quantity, move.demand_quantity),
            move.demand_quantity
        ) as quantity,
        case
            when coalesce(move.purchase_line_id, move.sale_line_id) is null
                then greatest(move.created_at, production.released_at)
            else min(move.created_at) over (
                partition by move.instance, move.purchase_line_id, move.sale_line_id, move.source_location_id
            )
        end as asked_at,
    from stg_stock_move as move
    left join fct_production_order as production
        on production.instance = move.instance
        and production.record_id = coalesce(move.raw_material_production_id, move.production_id)
    where move.state not in ('draft', 'cancel')
        and (move.instance, move.product_id) in (select (instance, product_id) from rule)
),

change as (
    select
        rule.instance,
        rule.rule_id,
        move.asked_at,
        sum(if(target.location_id is null, 0, move.quantity) - if(origin.location_id is null, 0, move.quantity))
            as quantity,
        bool_or(target.location_id is not null and origin.location_id is null) as is_arrival,
    from rule
    inner join move on move.instance = rule.instance and move.product_id = rule.product_id
    left join place as origin
        on origin.instance = rule.instance and origin.rule_id = rule.rule_id
        and origin.location_id = move.source_location_id
    left join place as target
        on target.instance = rule.instance and target.rule_id = rule.rule_id
        and target.location_id = move.destination_location_id
    where (origin.location_id is null) <> (target.location_id is null)
    group by rule.instance, rule.rule_id, move.asked_at
),

now as (
    select
        rule.instance,
        rule.rule_id,
        coalesce(stock.quantity, 0) + coalesce(coming.quantity, 0) as quantity,
    from rule
    left join (
        select
            place.instance,
            place.rule_id,
            sum(quant.quantity) as quantity,
        from place
        inner join stg_stock_quant as quant using (instance, product_id, location_id)
        group by place.instance, place.rule_id
    ) as stock using (instance, rule_id)
    left join (
        select
            place.instance,
            place.rule_id,
            sum(if(place.location_id = move.destination_location_id, 1, -1) * move.demand_quantity) as quantity,
        from place
        inner join stg_stock_move as move
            on move.instance = place.instance and move.product_id = place.product_id
            and place.location_id in (move.source_location_id, move.destination_location_id)
        where move.state not in ('draft', 'done', 'cancel')
        group by place.instance, place.rule_id
    ) as coming using (instance, rule_id)
),

level as (
    select
        rule.*,
        change.asked_at,
        change.is_arrival,
        now.quantity - coalesce(sum(change.quantity) over later, 0) as forecast_quantity,
        now.quantity - coalesce(sum(change.quantity) over later, 0) - change.quantity as quantity_before,
    from change
    inner join rule using (instance, rule_id)
    inner join now using (instance, rule_id)
    window later as (
        partition by change.instance, change.rule_id order by change.asked_at desc
        rows between unbounded preceding and 1 preceding
    )
),

need as (
    select
        *,
        asked_at as needed_at,
    from level
    where quantity_before >= minimum_quantity - 1e-6 and forecast_quantity < minimum_quantity - 1e-6
),

arrival as (
    select
        need.instance,
        need.rule_id,
        need.needed_at,
        min(level.asked_at) filter (where level.is_arrival) as arrived_at,
        min(level.asked_at) filter (where level.forecast_quantity >= level.minimum_quantity - 1e-6) as recovered_at,
    from need
    inner join level
        on level.instance = need.instance and level.rule_id = need.rule_id and level.asked_at > need.needed_at
    group by need.instance, need.rule_id, need.needed_at
),

ordered as (
    select
        line.instance,
        line.product_id,
        document.plant,
        line.created_at as asked_at,
        purchase.ordered_at,
        document.state in ('cancel', 'deleted') as is_cancelled,
        document.name,
    from stg_purchase_order_line_last as line
    inner join dim_document as document
        on document.instance = line.instance and document.record_model = 'purchase.order'
        and document.record_id = line.order_id
    left join fct_purchase_order as purchase
        on purchase.instance = line.instance and purchase.record_id = line.order_id
    where (line.instance, line.product_id) in (select (instance, product_id) from rule)
    union all by name
    select
        document.instance,
        made.product_id,
        document.plant,
        document.created_at as asked_at,
        production.released_at as ordered_at,
        production.is_cancelled,
        document.name,
    from dim_document as document
    inner join stg_mrp_production_last as made
        on made.instance = document.instance and made.id = document.record_id
    inner join fct_production_order as production
        on production.instance = document.instance and production.record_id = document.record_id
    where document.record_model = 'mrp.production' and not production.is_backorder
        and (made.instance, made.product_id) in (select (instance, product_id) from rule)
),

answer as (
    select
        need.instance,
        need.rule_id,
        need.needed_at,
        min(ordered.asked_at) filter (where ordered.asked_at >= need.needed_at) as ordered_at,
        arg_min(ordered.name, ordered.asked_at) filter (where ordered.asked_at >= need.needed_at) as answer,
        -- A request that was there already and had not become an order yet.
        coalesce(bool_or(
            ordered.asked_at < need.needed_at and not ordered.is_cancelled
            and coalesce(ordered.ordered_at > need.needed_at, true)
        ), false) as is_asked_before,
    from need
    inner join ordered
        on ordered.instance = need.instance and ordered.product_id = need.product_id and ordered.plant = need.plant
    group by need.instance, need.rule_id, need.needed_at
)

select
    need.instance,
    'stock.warehouse.orderpoint' as record_model,
    need.rule_id as record_id,
    need.name,
    need.plant,
    company.company,
    dim_product.product,
    dim_product.family as product_family,
    need.trigger,
    need.minimum_quantity,
    need.forecast_quantity,
    need.needed_at,
    coalesce(answer.is_asked_before, false) as is_asked_before,
    least(answer.ordered_at, arrival.arrived_at, arrival.recovered_at) as answered_at,
    case least(answer.ordered_at, arrival.arrived_at, arrival.recovered_at)
        when answer.ordered_at then 'order'
        when arrival.arrived_at then 'transfer or count'
        when arrival.recovered_at then 'less demand'
        else 'open'
    end as answered_by,
    if(answer.ordered_at <= coalesce(least(arrival.arrived_at, arrival.recovered_at), 'infinity'), answer.answer, null)
        as answer,
from need
left join arrival using (instance, rule_id, needed_at)
left join answer using (instance, rule_id, needed_at)
left join dim_company as company
    on company.instance = need.instance and company.company_id = need.company_id
left join dim_product
    on dim_product.instance = need.instance and dim_product.product_id = need.product_id
