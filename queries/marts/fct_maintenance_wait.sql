/*
grain = "one row per span in which a maintenance request was marked as blocked"
key = ["wait_id"]
person = ["responsible"]
*/
with
mark as (
    select
        request.instance,
        request.record_id,
        0 as tracking_id,
        request.created_at as event_at,
        coalesce(arg_min(change.old_value, (change.event_at, change.tracking_id)), any_value(stored.kanban_state)) as state,
    from fct_maintenance_request as request
    inner join stg_maintenance_request_last as stored
        on stored.instance = request.instance and stored.id = request.record_id
    left join fct_change as change
        on change.instance = request.instance
        and change.record_model = 'maintenance.request'
        and change.record_id = request.record_id
        and change.field = 'kanban_state'
    group by request.instance, request.record_id, request.created_at
    union all
    select
        instance,
        record_id,
        tracking_id,
        event_at,
        new_value as state,
    from fct_change
    where record_model = 'maintenance.request' and field = 'kanban_state'
),

span as (
    select
        *,
        lead(event_at) over (partition by instance, record_id order by event_at, tracking_id) as ended_at,
    from mark
)

select
    span.instance || ':' || span.record_id || ':' || span.tracking_id as wait_id,
    request.instance,
    request.record_model,
    request.record_id,
    request.name,
    request.plant,
    request.company,
    request.maintenance_type,
    request.team,
    request.equipment,
    request.responsible,
    span.event_at as started_at,
    coalesce(span.ended_at, request.done_at) as ended_at,
    case
        when span.ended_at is not null or request.done_at is not null then 'went on'
        when request.status = 'open' then 'open'
        else 'end not recorded'
    end as outcome,
from span
inner join fct_maintenance_request as request
    on request.instance = span.instance and request.record_id = span.record_id
where span.state = 'blocked'
