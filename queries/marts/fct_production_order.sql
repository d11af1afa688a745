/*
grain = "one row per production order with its milestones (UTC)"
key = ["instance", "record_id"]
person = ["responsible"]
*/
with
milestone as (
    select
        instance,
        record_id,
        min(event_at) filter (
            where field = 'state' and (new_value = 'confirmed' or recorded_by = 'split')
        ) as released_at,
        min(event_at) filter (where field = 'state' and new_value in ('progress', 'to_close')) as started_at,
        max(event_at) filter (where field = 'state' and new_value = 'done') as done_at,
        max(event_at) filter (where field = 'state' and new_value = 'cancel') as cancelled_at,
    from fct_event
    where record_model = 'mrp.production'
    group by instance, record_id
),

material as (
    select
        event.instance,
        event.record_id,
        min(event.event_at) as ready_at,
    from fct_event as event
    inner join milestone
        on milestone.instance = event.instance and milestone.record_id = event.record_id
    where event.record_model = 'mrp.production'
        and event.field = 'reservation_state'
        and event.new_value = 'assigned'
        and event.event_at >= milestone.released_at
    group by event.instance, event.record_id
)

select
    document.instance,
    document.record_model,
    document.record_id,
    document.name,
    document.origin,
    document.plant,
    document.company,
    document.product,
    document.product_family,
    document.responsible,
    document.state,
    production.reservation_state,
    production.product_qty as quantity,
    production.priority,
    production.deadline_at,
    coalesce(production.backorder_sequence, 0) > 1 as is_backorder,
    document.state in ('cancel', 'deleted') as is_cancelled,
    document.state = 'draft' as is_draft,
    document.created_at,
    milestone.released_at,
    material.ready_at,
    milestone.started_at,
    case when document.state = 'done' then milestone.done_at end as done_at,
    case document.state when 'cancel' then milestone.cancelled_at when 'deleted' then document.gone_at end as cancelled_at,
    -- Material stops being waited for when it is ready, or when work starts or ends without it.
    least(material.ready_at, milestone.started_at, case when document.state = 'done' then milestone.done_at end)
        as material_wait_ended_at,
from dim_document as document
inner join stg_mrp_production_last as production
    on production.instance = document.instance and production.id = document.record_id
left join milestone
    on milestone.instance = document.instance and milestone.record_id = document.record_id
left join material
    on material.instance = document.instance and material.record_id = document.record_id
where document.record_model = 'mrp.production'
