/*
grain = "one row per document: when it began and ended, what happened to it in which order, and who touched it"
key = ["instance", "record_model", "record_id"]
person = ["responsible"]
*/
with
trace as (
    select
        instance,
        record_model,
        record_id,
        count(*) as event_count,
        count(*) filter (where actor_kind = 'human') as human_event_count,
        count(distinct coalesce(message_id::varchar, event_id)) filter (where actor_kind = 'human') as human_touch_count,
        max(event_at) as last_event_at,
        max(event_at) filter (where activity in ('done', 'approved', 'ordered', 'cancelled')) as closing_at,
        string_agg(activity, ' > ' order by event_at, rank, event_id) filter (where rank < 90) as variant,
    from fct_event
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
    trace.last_event_at,
    document.gone_at,
    document.gone_by,
    trace.variant,
from dim_document as document
left join trace
    on trace.instance = document.instance
    and trace.record_model = document.record_model
    and trace.record_id = document.record_id
