/*
grain = "one row per document: when it began and ended, what happened to it in which order, and who touched it"
key = ["instance", "record_model", "record_id"]
person = ["responsible"]
*/
with
event as (
    select
        *,
        coalesce(event_at <= max(event_at) filter (where activity in ('done', 'approved', 'ordered', 'cancelled'))
            over (partition by instance, record_model, record_id), true) and recorded_by <> 'snapshot' as is_on_the_way,
    from fct_event
),

trace as (
    select
        instance,
        record_model,
        record_id,
        count(*) as event_count,
        count(*) filter (where actor_kind = 'human') as human_event_count,
        count(distinct coalesce(message_id::varchar, event_id)) filter (where actor_kind = 'human') as human_touch_count,
        count(*) filter (where is_on_the_way and actor_kind = 'human') as manual_event_count,
        min(actor_confidence) filter (where is_on_the_way and actor_kind = 'human') as manual_confidence,
        arg_min(actor_rule, (actor_confidence, event_at, event_id)) filter (where is_on_the_way and actor_kind = 'human')
            as manual_rule,
        max(actor_confidence) filter (where is_on_the_way) as machine_confidence,
        arg_max(actor_rule, (actor_confidence, event_at, event_id)) filter (where is_on_the_way) as machine_rule,
        max(event_at) as last_event_at,
        max(event_at) filter (where activity in ('done', 'approved', 'ordered', 'cancelled')) as closing_at,
        string_agg(activity, ' > ' order by event_at, rank, event_id) filter (where rank < 90) as variant,
    from event
    group by instance, record_model, record_id
)

select
    document.instance,
    document.record_model,
    document.record_id,
    document.workflow,
    document.name,
    document.origin,
    document.plant,
    document.company,
    document.product,
    document.product_family,
    document.vendor,
    document.responsible,
    document.state,
    document.amount,
    document.currency,
    document.created_at as started_at,
    case
        when document.state in ('done', 'purchase', 'cancel') then trace.closing_at
        when document.state = 'deleted' then document.gone_at
    end as ended_at,
    document.state not in ('done', 'purchase', 'cancel', 'deleted') as is_open,
    case document.state
        when 'done' then 'completed'
        when 'purchase' then 'completed'
        when 'cancel' then 'cancelled'
        when 'deleted' then 'deleted'
        else 'open'
    end as outcome,
    coalesce(trace.event_count, 0) as event_count,
    coalesce(trace.human_event_count, 0) as human_event_count,
    coalesce(trace.human_touch_count, 0) as human_touch_count,
    -- Up to the end of the case: what people did, and how sure that is. One person is enough for a touch; that there was
    -- none is as sure as the least sure of its events.
    coalesce(trace.manual_event_count, 0) as manual_event_count,
    if(trace.manual_event_count > 0, trace.manual_confidence, trace.machine_confidence) as touch_confidence,
    if(trace.manual_event_count > 0, trace.manual_rule, trace.machine_rule) as touch_rule,
    trace.last_event_at,
    document.gone_at,
    document.gone_by,
    trace.variant,
from dim_document as document
left join trace
    on trace.instance = document.instance
    and trace.record_model = document.record_model
    and trace.record_id = document.record_id
