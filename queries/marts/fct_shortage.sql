/*
grain = "one row per interval in which a released production order waits for material"
key = ["instance", "record_id", "interval_number"]
person = ["responsible"]
*/
with
change as (
    select
        event.instance,
        event.record_id,
        event.event_at,
        event.message_id,
        message.created_at as recorded_at,
        coalesce(event.new_value, '') as reservation_state,
        coalesce(event.new_value, '') in ('confirmed', 'waiting') as is_short,
        event.new_value is null and event.new_label is not null as is_unknown,
        row_number() over (
            partition by event.instance, event.record_id order by event.event_at, event.message_id nulls first
        ) as position,
    from fct_event as event
    left join stg_mail_message as message
        on message.instance = event.instance and message.id = event.message_id
    where event.record_model = 'mrp.production' and event.field = 'reservation_state'
),

turn as (
    select
        *,
        coalesce(lag(is_short) over (partition by instance, record_id order by position), false) as was_short,
    from change
),

-- Only the turns into and out of shortage: a change between two kinds of waiting goes on waiting.
edge as (
    select
        *,
        lead(event_at) over (partition by instance, record_id order by position) as next_at,
        lead(message_id) over (partition by instance, record_id order by position) as next_message_id,
        lead(recorded_at) over (partition by instance, record_id order by position) as next_recorded_at,
        lead(reservation_state) over (partition by instance, record_id order by position) as next_state,
        lead(is_unknown) over (partition by instance, record_id order by position) as is_next_unknown,
    from turn
    where is_short <> was_short
),

state_change as (
    select
        instance,
        record_id,
        message_id,
        max(new_value) as state,
    from fct_event
    where record_model = 'mrp.production' and field = 'state'
    group by instance, record_id, message_id
)

select
    edge.instance,
    production.record_model,
    edge.record_id,
    row_number() over (partition by edge.instance, edge.record_id order by edge.position) as interval_number,
    production.name,
    production.plant,
    production.company,
    production.product,
    production.product_family,
    production.responsible,
    production.deadline_at,
    case edge.reservation_state when 'waiting' then 'another operation' else 'components' end as waits_for,
    edge.event_at as short_at,
    coalesce(edge.next_at, production.done_at, production.cancelled_at) as ended_at,
    case
        when state_change.state = 'cancel' or (edge.next_at is null and production.is_cancelled) then 'cancelled'
        when edge.is_next_unknown then 'end not recorded'
        when edge.next_state = 'assigned' and coalesce(state_change.state, 'confirmed') = 'confirmed' then 'resolved'
        when edge.next_at is not null or production.done_at is not null then 'started short'
        when production.state = 'done' then 'end not recorded'
        else 'open'
    end as outcome,
from edge
inner join fct_production_order as production
    on production.instance = edge.instance and production.record_id = edge.record_id
left join state_change
    on state_change.instance = edge.instance
    and state_change.record_id = edge.record_id
    and state_change.message_id = edge.next_message_id
where edge.is_short
    -- Closing a part of an order takes the rest's material away for a moment (Odoo 14 records that): no shortage.
    and not coalesce(
        edge.next_state = ''
        and not edge.is_next_unknown
        and edge.next_recorded_at = edge.recorded_at
        and edge.next_at - edge.event_at < interval 1 minute,
        false
    )
