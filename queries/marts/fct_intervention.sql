/*
grain = "one row per thing that a person did by hand where a system could have: its kind, when, to what, and how sure that is"
key = ["instance", "kind", "record_model", "record_id", "intervened_at"]
person = ["intervened_by"]
*/
with
event as (
    select
        instance,
        record_id,
        message_id,
        event_at,
        field,
        old_value,
        new_value,
        actor_id,
        actor_confidence as confidence,
    from fct_event
    where record_model = 'mrp.production' and recorded_by = 'tracking' and actor_kind = 'human'
),

-- A reservation that changes with something else, such as the start of work, is not what the person was about.
order_touch as (
    select
        *,
        'confirmed by hand' as kind,
    from event
    where field = 'state' and old_value = 'draft' and new_value = 'confirmed'
    union all
    select
        *,
        if(old_value = 'assigned', 'reservation taken away', 'reserved by hand') as kind,
    from event
    anti join (select distinct instance, message_id from event where field is distinct from 'reservation_state') as other
        using (instance, message_id)
    where field = 'reservation_state'
        and (
            (old_value = 'assigned' and new_value in ('confirmed', 'waiting'))
            or (old_value in ('confirmed', 'waiting') and new_value = 'assigned')
        )
),

-- Reserving is no work of a person where a component came in at that moment: Odoo reserves it by itself.
wanted as (
    select
        touch.instance,
        touch.record_id,
        touch.event_at,
        component.product_id,
        component.company_id,
        unnest([-1, 0, 1]) as offset_seconds,
    from order_touch as touch
    inner join stg_stock_move as component
        on component.instance = touch.instance and component.raw_material_production_id = touch.record_id
    where touch.kind = 'reserved by hand'
),

came_in as (
    select distinct
        wanted.instance,
        wanted.record_id,
        wanted.event_at,
    from wanted
    inner join stg_stock_move as arrival
        on arrival.instance = wanted.instance
        and arrival.product_id = wanted.product_id
        and arrival.company_id = wanted.company_id
        and arrival.state = 'done'
        and arrival.raw_material_production_id is null
        and date_trunc('second', arrival.moved_at)
        = date_trunc('second', wanted.event_at) + to_seconds(wanted.offset_seconds)
),

-- An order cancelled and, within a day, made again by the same person: for the same product and quantity.
remade as (
    select
        cancelled.instance,
        cancelled.record_id,
        cancelled.cancelled_at as event_at,
        any_value(cancelled.actor_id) as actor_id,
        min_by(again.name, again.created_at) as again,
    from (
        select
            production.instance,
            production.record_id,
            production.plant,
            production.product,
            production.quantity,
            production.cancelled_at,
            event.actor_id,
        from fct_production_order as production
        inner join fct_event as event
            on event.instance = production.instance
            and event.record_model = 'mrp.production'
            and event.record_id = production.record_id
            and event.event_at = production.cancelled_at
            and event.field = 'state'
            and event.new_value = 'cancel'
            and event.actor_kind = 'human'
        where production.state = 'cancel'
    ) as cancelled
    inner join fct_production_order as again
        on again.instance = cancelled.instance
        and again.plant = cancelled.plant
        and again.product = cancelled.product
        and again.quantity = cancelled.quantity
        and again.record_id <> cancelled.record_id
        and not again.is_backorder
        and again.created_at >= cancelled.cancelled_at - interval 1 hour
        and again.created_at <= cancelled.cancelled_at + interval 1 day
    inner join dim_document as document
        on document.instance = again.instance
        and document.record_model = 'mrp.production'
        and document.record_id = again.record_id
        and document.created_by_id = cancelled.actor_id
    group by cancelled.instance, cancelled.record_id, cancelled.cancelled_at
),

found as (
    select
        touch.instance,
        touch.kind,
        'mrp.production' as record_model,
        touch.record_id,
        'mrp.production' as document_model,
        touch.record_id as document_id,
        touch.event_at as intervened_at,
        touch.actor_id,
        touch.confidence,
    from order_touch as touch
    anti join came_in
        on came_in.instance = touch.instance
        and came_in.record_id = touch.record_id
        and came_in.event_at = touch.event_at
    union all by name
    select
        instance,
        'cancelled and made again' as kind,
        'mrp.production' as record_model,
        record_id,
        'mrp.production' as document_model,
        record_id as document_id,
        event_at as intervened_at,
        actor_id,
        'B' as confidence,
        'again as ' || again as detail,
    from remade
    union all by name
    -- Up to Odoo 18 a locked purchase order has a state of its own.
    select
        change.instance,
        'unlocked' as kind,
        change.record_model,
        change.record_id,
        change.record_model as document_model,
        change.record_id as document_id,
        change.event_at as intervened_at,
        change.actor_id,
        'B' as confidence,
    from fct_change as change
    where change.record_model = 'purchase.order'
        and (
            (change.field = 'locked' and change.old_value = '1' and change.new_value = '0')
            or (change.field = 'state' and change.old_value = 'done' and change.new_value = 'purchase')
        )
    union all by name
    select
        log.instance,
        'unlocked' as kind,
        model.model as record_model,
        log.document_id as record_id,
        model.model as document_model,
        log.document_id as document_id,
        log.logged_at as intervened_at,
        log.user_id as actor_id,
        'A' as confidence,
    from stg_auditlog_log_line_last as line
    inner join stg_auditlog_log_last as log on log.instance = line.instance and log.id = line.log_id
    inner join stg_ir_model_last as model on model.instance = log.instance and model.id = log.model_id
    where model.model = 'mrp.production' and line.field_name = 'is_locked' and line.old_value = 'True'
        and log.method = 'write'
    union all by name
    select
        instance,
        'job done by hand' as kind,
        record_model,
        record_id,
        ended_at as intervened_at,
        'A' as confidence,
        flow_name as name,
        plant,
        company,
    from fct_integration_event
    where status = 'cancelled' and native_status = 'done'
    union all by name
    select
        move.instance,
        'stock adjusted' as kind,
        'stock.move' as record_model,
        move.id as record_id,
        move.moved_at as intervened_at,
        move.created_by_id as actor_id,
        'B' as confidence,
        coalesce(move.reference, 'move ' || move.id) as name,
        coalesce(target.plant, source.plant) as plant,
        company.company,
        dim_product.product,
        dim_product.family as product_family,
    from stg_stock_move_last as move
    left join dim_location as source on source.instance = move.instance and source.location_id = move.source_location_id
    left join dim_location as target
        on target.instance = move.instance and target.location_id = move.destination_location_id
    left join dim_company as company on company.instance = move.instance and company.company_id = move.company_id
    left join dim_product on dim_product.instance = move.instance and dim_product.product_id = move.product_id
    where move.state = 'done'
        -- Up to Odoo 14 a count is known by its places alone.
        and coalesce(move.is_inventory, true)
        and coalesce(
            move.is_inventory,
            (source.usage = 'inventory' or target.usage = 'inventory')
            and coalesce(move.picking_id, move.production_id, move.raw_material_production_id) is null
            and not coalesce(move.is_scrapped, false),
            false
        )
    union all by name
    select
        instance,
        'back-dated entry' as kind,
        record_model,
        record_id,
        document_model,
        document_id,
        entered_at as intervened_at,
        entered_by_id as actor_id,
        'A' as confidence,
        name,
        plant,
        company,
        kind || ' of ' || strftime(said_at, '%Y-%m-%d %H:%M') as detail,
    from fct_recording
    where entered_at - said_at > interval 1 hour
),

-- The same twice within a second is one thing.
once as (
    select
        found.*,
        dim_user.name as intervened_by,
    from found
    left join dim_user on dim_user.instance = found.instance and dim_user.user_id = found.actor_id
    where found.intervened_at is not null and coalesce(dim_user.kind, 'human') in ('human', 'external')
    qualify row_number() over (
        partition by found.instance, found.kind, found.record_model, found.record_id, found.intervened_at
        order by found.actor_id
    ) = 1
)

select
    once.instance,
    once.kind,
    once.record_model,
    once.record_id,
    once.document_model,
    once.document_id,
    coalesce(once.name, document.name) as name,
    coalesce(once.plant, document.plant) as plant,
    coalesce(once.company, document.company) as company,
    coalesce(once.product, document.product) as product,
    coalesce(once.product_family, document.product_family) as product_family,
    once.intervened_at,
    once.intervened_by,
    once.confidence,
    once.detail,
from once
left join dim_document as document
    on document.instance = once.instance
    and document.record_model = once.document_model
    and document.record_id = once.document_id
