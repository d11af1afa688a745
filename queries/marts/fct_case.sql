/*
grain = "one row per document: when it began and ended, what happened to it in which order, and who touched it"
key = ["instance", "record_model", "record_id"]
person = ["responsible"]
*/
with
activity as (
    select
        rank,
        activity,
        row_number() over (order by rank, activity) as number,
    from fct_event
    where rank < 90
    group by rank, activity
),

-- The order of activities is sorted as numbers, in a quarter of the time and memory: each is the moment (microseconds),
-- then the number of the activity, which follows rank and name. The events of one message are one touch; what has no
-- message stands by itself, and what another document tells is a touch of that one.
trace as (
    select
        event.instance,
        event.record_model,
        event.record_id,
        count(*) as event_count,
        count(*) filter (where event.actor_kind = 'human' and event.told_by_model is null) as human_event_count,
        coalesce(list_unique(list(event.message_id) filter (where event.actor_kind = 'human')), 0)::bigint
        + count(*) filter (
            where event.actor_kind = 'human' and event.message_id is null and event.told_by_model is null
        ) as human_touch_count,
        min(event.event_at) as first_event_at,
        max(event.event_at) as last_event_at,
        max(event.event_at) filter (where event.activity in ('done', 'approved', 'ordered', 'cancelled')) as closing_at,
        list_sort(list(epoch_us(event.event_at) * 1000 + activity.number) filter (where event.rank < 90)) as steps,
    from fct_event as event
    left join activity on activity.rank = event.rank and activity.activity = event.activity
    group by event.instance, event.record_model, event.record_id
),

closing as (
    select
        instance,
        record_model,
        record_id,
        max(event_at) as closing_at,
    from fct_event
    where activity in ('done', 'approved', 'ordered', 'cancelled')
    group by instance, record_model, record_id
),

rule as (
    select
        actor_rule,
        row_number() over (order by actor_rule) as number,
    from fct_event
    group by actor_rule
),

-- Up to the end of the case: what people did, and how sure that is. One person is enough for a touch; that there was
-- none is as sure as the least sure of its events. Both are found as numbers, too: how sure (A = 0), the moment
-- (milliseconds), and the number of the rule.
touch as (
    select
        event.instance,
        event.record_model,
        event.record_id,
        count(*) filter (where event.actor_kind = 'human') as manual_event_count,
        coalesce(min(event.sureness) filter (where event.actor_kind = 'human'), max(event.sureness)) as sureness,
    from (
        select
            fct_event.*,
            (ascii(actor_confidence) - ascii('A')) * 1000000000000000000 + epoch_ms(event_at) * 100000 + rule.number
                as sureness,
        from fct_event
        left join rule on rule.actor_rule = fct_event.actor_rule
    ) as event
    left join closing
        on closing.instance = event.instance
        and closing.record_model = event.record_model
        and closing.record_id = event.record_id
    where event.recorded_by <> 'snapshot'
        and event.told_by_model is null
        and event.event_at <= coalesce(closing.closing_at, event.event_at)
    group by event.instance, event.record_model, event.record_id
),

document as (
    select
        dim_document.*,
        case state
            when 'done' then 'completed'
            when 'purchase' then 'completed'
            when 'cancel' then 'cancelled'
            when 'deleted' then 'deleted'
            else 'open'
        end as outcome,
    from dim_document
    union all by name
    select * from dim_related_document
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
        when document.workflow not in ('production', 'purchase') then document.ended_at
        when document.outcome = 'deleted' then document.gone_at
        when document.outcome <> 'open' then trace.closing_at
    end as ended_at,
    document.outcome = 'open' as is_open,
    document.outcome,
    coalesce(trace.event_count, 0) as event_count,
    coalesce(trace.human_event_count, 0) as human_event_count,
    coalesce(trace.human_touch_count, 0) as human_touch_count,
    coalesce(touch.manual_event_count, 0) as manual_event_count,
    chr((ascii('A') + touch.sureness // 1000000000000000000)::integer) as touch_confidence,
    rule_text.of_number[touch.sureness % 100000] as touch_rule,
    trace.first_event_at,
    trace.last_event_at,
    document.gone_at,
    document.gone_by,
    array_to_string(list_transform(trace.steps, lambda step: activity_name.of_number[step % 1000]), ' > ') as variant,
from document
cross join (select list(activity order by number) as of_number from activity) as activity_name
cross join (select list(actor_rule order by number) as of_number from rule) as rule_text
left join trace
    on trace.instance = document.instance
    and trace.record_model = document.record_model
    and trace.record_id = document.record_id
left join touch
    on touch.instance = document.instance
    and touch.record_model = document.record_model
    and touch.record_id = document.record_id
