/*
grain = "one row per delay, shortage, change of demand or failed check, with the first thing that was done about it, or what ended it"
key = ["instance", "record_model", "record_id", "trigger", "triggered_at"]
person = ["responsible"]
*/
-- reaction: re-plan, procurement, rework or containment, with its moment; 'already under way' has none: what ended the
-- disturbance had been ordered before it began. Without any, nothing is recorded that was done.
with
-- An order that has not begun when it was to, by the plan of that day, and did not soon after.
plan as (
    select
        instance,
        record_id,
        planned_start_at,
        changed_at,
        is_frozen,
        lead(changed_at) over (partition by instance, record_id order by plan_number) as replaced_at,
    from fct_plan
),

delay as (
    select
        production.instance,
        production.record_id,
        'delay' as trigger,
        plan.planned_start_at as triggered_at,
        least(production.started_at, production.done_at, production.cancelled_at) as closed_at,
    from plan
    inner join fct_production_order as production
        on production.instance = plan.instance and production.record_id = plan.record_id
    left join cfg_tolerance as general on general.plant = ''
    left join cfg_tolerance as own on own.plant = production.plant
    where not production.is_backorder
        and plan.planned_start_at >= if(plan.is_frozen, production.released_at, plan.changed_at)
        and plan.planned_start_at < coalesce(plan.replaced_at, 'infinity')
        and plan.planned_start_at + to_seconds(coalesce(own.seconds, general.seconds))
        < coalesce(least(production.started_at, production.done_at, production.cancelled_at), $as_of)
        and (
            coalesce(production.started_at, production.done_at, production.cancelled_at) is not null
            or production.state = 'confirmed'
        )
),

shortage as (
    select
        instance,
        record_id,
        'shortage' as trigger,
        short_at as triggered_at,
        ended_at as closed_at,
    from fct_shortage
    where outcome = 'open' or ended_at is not null
),

-- A change of quantity, of the order itself or of the sales line it is made for. Odoo keeps no history of sales lines: what
-- the refreshes saw lies between since_at and triggered_at.
resized as (
    select
        change.instance,
        change.record_id,
        change.event_at as triggered_at,
    from fct_change as change
    inner join fct_production_order as production
        on production.instance = change.instance and production.record_id = change.record_id
    where change.record_model = 'mrp.production'
        and change.field = 'product_qty'
        and change.event_at > production.released_at
        -- closing a part of an order changes its quantity, too
        and change.event_at < coalesce(production.done_at, production.cancelled_at, 'infinity')
),

sales_version as (
    select
        instance,
        order_id,
        product_id,
        quantity,
        state,
        valid_from,
        lag(quantity) over history as old_quantity,
        lag(state) over history as old_state,
        lag(seen_at) over history as since_at,
    from stg_sale_order_line_history
    window history as (partition by instance, id order by valid_from)
),

for_sale as (
    select
        instance,
        to_id as sale_id,
        from_id as record_id,
    from fct_link
    where from_model = 'mrp.production' and to_model = 'sale.order' and kind = 'supplies'
    union
    select
        instance,
        from_id as sale_id,
        to_id as record_id,
    from fct_link
    where from_model = 'sale.order' and to_model = 'mrp.production' and kind = 'names as origin'
),

resold as (
    select
        changed.instance,
        for_sale.record_id,
        for_sale.sale_id,
        changed.valid_from as triggered_at,
        max(changed.since_at) as since_at,
    from sales_version as changed
    inner join for_sale on for_sale.instance = changed.instance and for_sale.sale_id = changed.order_id
    inner join dim_product
        on dim_product.instance = changed.instance and dim_product.product_id = changed.product_id
    inner join fct_production_order as production
        on production.instance = changed.instance
        and production.record_id = for_sale.record_id
        and production.product = dim_product.product
    where changed.quantity <> changed.old_quantity
        and changed.state in ('sale', 'done')
        and changed.old_state in ('sale', 'done')
        and changed.valid_from > production.released_at
        and changed.valid_from < coalesce(production.done_at, production.cancelled_at, 'infinity')
    group by changed.instance, for_sale.record_id, for_sale.sale_id, changed.valid_from
),

demand as (
    select
        change.instance,
        change.record_id,
        'demand change' as trigger,
        change.triggered_at,
        coalesce(production.done_at, production.cancelled_at) as closed_at,
        min(change.since_at) as since_at,
        bool_and(change.is_sold) as is_sold,
    from (
        select
            *,
            null::timestamp as since_at,
            false as is_sold,
        from resized
        -- what followed the sales line is no change of its own
        where not exists (
            select 1 from resold
            where resold.instance = resized.instance
                and resold.record_id = resized.record_id
                and resized.triggered_at between resold.since_at and resold.triggered_at
        )
        union all by name
        select
            * exclude (sale_id),
            true as is_sold,
        from resold
    ) as change
    inner join fct_production_order as production
        on production.instance = change.instance and production.record_id = change.record_id
    where production.done_at is not null
        or production.cancelled_at is not null
        or production.state not in ('done', 'cancel', 'deleted')
    group by change.instance, change.record_id, change.triggered_at, production.done_at, production.cancelled_at
),

-- A check that fails, and is on record as failed.
failed as (
    select
        instance,
        record_model,
        record_id,
        min(triggered_at) as triggered_at,
    from (
        select
            instance,
            record_model,
            record_id,
            event_at as triggered_at,
        from fct_change
        where (record_model = 'qc.inspection' and field = 'state' and new_value in ('waiting', 'failed'))
            or (record_model = 'quality.check' and field = 'quality_state' and new_value = 'fail')
        union all
        select
            instance,
            'quality.check' as record_model,
            id as record_id,
            checked_at as triggered_at,
        from stg_quality_check_last
        where result = 'fail' and checked_at is not null
    )
    group by instance, record_model, record_id
),

checked as (
    select
        hold.instance,
        hold.record_model,
        hold.record_id,
        any_value(hold.name) as name,
        any_value(hold.plant) as plant,
        any_value(hold.company) as company,
        any_value(hold.product) as product,
        any_value(hold.product_family) as product_family,
        any_value(hold.lot) as lot,
        bool_or(hold.picking_id is not null or hold.production_id is not null) as is_of_goods,
        any_value(hold.responsible) as responsible,
        failed.triggered_at,
        min(hold.ended_at) filter (where hold.outcome in ('scrapped', 'returned')) as disposed_at,
        max(hold.ended_at) as closed_at,
    from failed
    inner join fct_hold as hold using (instance, record_model, record_id)
    group by hold.instance, hold.record_model, hold.record_id, failed.triggered_at
),

disturbed as (
    select *, 'mrp.production' as record_model from delay
    union all by name
    select *, 'mrp.production' as record_model from shortage
    union all by name
    select *, 'mrp.production' as record_model from demand
    union all by name
    select instance, record_model, record_id, 'failed check' as trigger, triggered_at, closed_at from checked
),

-- What was made for an order: what supplies it, or names it as its origin.
made as (
    select
        link.to_id as record_id,
        source.instance,
        source.created_at,
    from fct_link as link
    inner join dim_document as source
        on source.instance = link.instance and source.record_model = link.from_model and source.record_id = link.from_id
    where link.to_model = 'mrp.production' and link.kind = 'supplies'
    union all
    select
        link.from_id as record_id,
        target.instance,
        target.created_at,
    from fct_link as link
    inner join dim_document as target
        on target.instance = link.instance and target.record_model = link.to_model and target.record_id = link.to_id
    where link.from_model = 'mrp.production' and link.kind = 'names as origin'
),

-- What an order waited for while it was short, and what was bought or made of that in the plant.
awaited as (
    select distinct
        instance,
        plant,
        record_id,
        component as product,
        short_at,
        coalesce(ended_at, $as_of) as until_at,
    from fct_component_wait
    where component_id is not null
),

supply as (
    select *
    from (
        select
            instance,
            plant,
            product,
            ordered_at,
            first_moved_at as came_at,
        from fct_promise
        where record_model = 'purchase.order'
        union all
        select
            instance,
            plant,
            product,
            created_at as ordered_at,
            done_at as came_at,
        from fct_production_order
    )
    semi join awaited using (instance, plant, product)
    where ordered_at is not null and came_at is not null
),

came as (
    select
        awaited.instance,
        awaited.record_id,
        awaited.short_at,
    from awaited
    asof inner join supply
        on supply.instance = awaited.instance and supply.plant = awaited.plant
        and supply.product = awaited.product and supply.came_at <= awaited.until_at + interval 1 minute
    where supply.came_at >= awaited.short_at and supply.ordered_at < awaited.short_at
    group by awaited.instance, awaited.record_id, awaited.short_at
),

answer as (
    select
        instance,
        'mrp.production' as record_model,
        record_id,
        're-plan' as reaction,
        changed_at as reacted_at,
        null as only_to,
    from plan
    where not is_frozen
    union all
    select
        instance,
        'mrp.production' as record_model,
        record_id,
        'procurement' as reaction,
        created_at as reacted_at,
        null as only_to,
    from made
    union all
    -- Ordered for the stock while an order waited for it, and there before the wait was over.
    select
        awaited.instance,
        'mrp.production' as record_model,
        awaited.record_id,
        'procurement' as reaction,
        supply.ordered_at as reacted_at,
        'shortage' as only_to,
    from awaited
    asof inner join supply
        on supply.instance = awaited.instance and supply.plant = awaited.plant
        and supply.product = awaited.product and supply.ordered_at >= awaited.short_at
    where supply.came_at <= awaited.until_at + interval 1 minute and supply.ordered_at <= awaited.until_at
    union all
    -- Of a sales line: the order's own quantity follows, or something more is made or bought for the sale.
    select
        instance,
        'mrp.production' as record_model,
        record_id,
        're-plan' as reaction,
        triggered_at as reacted_at,
        'sales line' as only_to,
    from resized
    union all
    select
        for_sale.instance,
        'mrp.production' as record_model,
        for_sale.record_id,
        'procurement' as reaction,
        document.created_at as reacted_at,
        'sales line' as only_to,
    from (select distinct instance, sale_id, record_id from resold) as for_sale
    inner join fct_link as link
        on link.instance = for_sale.instance and link.from_model = 'sale.order' and link.from_id = for_sale.sale_id
        and link.kind = 'names as origin'
    inner join dim_document as document
        on document.instance = link.instance
        and document.record_model = link.to_model
        and document.record_id = link.to_id
    union all
    -- A failed check: taken up again, the goods kept apart, scrapped or sent back; or what is done about its order.
    select
        failed.instance,
        failed.record_model,
        failed.record_id,
        'rework' as reaction,
        change.event_at as reacted_at,
        'failed check' as only_to,
    from failed
    inner join fct_change as change
        on change.instance = failed.instance
        and change.record_model = failed.record_model
        and change.record_id = failed.record_id
    where change.event_at > failed.triggered_at
        and (
            (change.record_model = 'qc.inspection' and change.field = 'state' and change.new_value in ('draft', 'ready'))
            or (
                change.record_model = 'quality.check'
                and change.field = 'quality_state'
                and change.new_value in ('none', 'pass')
            )
        )
    union all
    select
        instance,
        record_model,
        record_id,
        'containment' as reaction,
        disposed_at as reacted_at,
        'failed check' as only_to,
    from checked
    where disposed_at is not null
    union all
    select
        checked.instance,
        checked.record_model,
        checked.record_id,
        'containment' as reaction,
        greatest(kept.held_at, checked.triggered_at) as reacted_at,
        'failed check' as only_to,
    from checked
    inner join fct_hold as kept
        on kept.instance = checked.instance
        and kept.source = 'quarantine stock'
        and kept.plant = checked.plant
        and kept.product = checked.product
        -- The lot, or what came into quarantine afterwards; of which goods a check is that names none nobody knows.
        and (
            (kept.lot = checked.lot and coalesce(kept.ended_at > checked.triggered_at, true))
            or (checked.lot is null and kept.lot is null and checked.is_of_goods and kept.held_at > checked.triggered_at)
        )
    union all
    select
        link.instance,
        link.to_model as record_model,
        link.to_id as record_id,
        done.reaction,
        done.reacted_at,
        'failed check' as only_to,
    from fct_link as link
    inner join (
        select
            instance,
            record_id,
            're-plan' as reaction,
            changed_at as reacted_at,
        from plan
        where not is_frozen
        union all
        select
            instance,
            record_id,
            'procurement' as reaction,
            created_at as reacted_at,
        from made
    ) as done on done.instance = link.instance and done.record_id = link.from_id
    where link.from_model = 'mrp.production' and link.kind = 'checked by'
),

-- What Odoo orders with the order itself bears the second at which that began.
answered as (
    select
        disturbed.instance,
        disturbed.record_model,
        disturbed.record_id,
        disturbed.trigger,
        disturbed.triggered_at,
        arg_min(answer.reaction, answer.reacted_at) as reaction,
        greatest(min(answer.reacted_at), disturbed.triggered_at) as reacted_at,
    from disturbed
    inner join answer
        on answer.instance = disturbed.instance
        and answer.record_model = disturbed.record_model
        and answer.record_id = disturbed.record_id
        and answer.reacted_at >= coalesce(disturbed.since_at, disturbed.triggered_at) - interval 5 second
        and answer.reacted_at <= coalesce(disturbed.closed_at, $as_of)
        and coalesce(answer.only_to = if(disturbed.is_sold, 'sales line', disturbed.trigger), true)
    group by
        disturbed.instance, disturbed.record_model, disturbed.record_id, disturbed.trigger, disturbed.triggered_at
),

about as (
    select
        instance,
        record_model,
        record_id,
        name,
        plant,
        company,
        product,
        product_family,
        responsible,
    from fct_production_order
    union all
    select
        instance,
        record_model,
        record_id,
        name,
        plant,
        company,
        product,
        product_family,
        responsible,
    from checked
)

select
    about.*,
    disturbed.trigger,
    disturbed.triggered_at,
    case
        when answered.reaction is not null then answered.reaction
        when came.record_id is not null and disturbed.closed_at is not null then 'already under way'
    end as reaction,
    answered.reacted_at,
    disturbed.closed_at,
from disturbed
inner join about using (instance, record_model, record_id)
left join answered
    on answered.instance = disturbed.instance
    and answered.record_model = disturbed.record_model
    and answered.record_id = disturbed.record_id
    and answered.trigger = disturbed.trigger
    and answered.triggered_at = disturbed.triggered_at
left join came
    on came.instance = disturbed.instance
    and came.record_id = disturbed.record_id
    and came.short_at = disturbed.triggered_at
    and disturbed.trigger = 'shortage'
