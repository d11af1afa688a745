/*
grain = "one row per thing that happened to a document: creation, tracked change, approval step; and per thing that another document tells about it (told_by_model, told_by_id)"
key = ["event_id"]
person = ["actor", "old_text", "new_text"]
*/
with
-- Odoo records nothing about the birth of a back-order: what it was born as is what its first change came from,
-- or what it still is.
birth as (
    select
        production.instance,
        production.id as record_id,
        field.name as field,
        production.created_at,
        production.created_by_id,
        coalesce(
            arg_min(coalesce(keyed.old_value, ''), keyed.tracking_id),
            any_value(case field.name when 'state' then production.state else production.reservation_state end)
        ) as value,
    from stg_mrp_production_last as production
    cross join (values ('state'), ('reservation_state')) as field (name)
    left join fct_change as keyed
        on keyed.instance = production.instance
        and keyed.record_model = 'mrp.production'
        and keyed.record_id = production.id
        and keyed.field = field.name
    where production.backorder_sequence > 1
    group by production.instance, production.id, field.name, production.created_at, production.created_by_id
),

-- Not kept: wide as it is, it is made three times in less time than it is written down and read again.
own_event as not materialized (
    select
        instance,
        hash('created', instance, record_model, record_id) as event_id,
        record_model,
        record_id,
        'created' as activity,
        0 as rank,
        created_at as event_at,
        created_by_id as actor_id,
        'create' as recorded_by,
    from dim_document
    union all by name
    select
        instance,
        hash('gone', instance, record_model, record_id) as event_id,
        record_model,
        record_id,
        case gone_by when 'deleted' then 'deleted' else 'no longer visible' end as activity,
        99 as rank,
        gone_at as event_at,
        'snapshot' as recorded_by,
    from dim_document
    where gone_at is not null
    union all by name
    select
        keyed.instance,
        hash('tracking', keyed.instance, keyed.tracking_id) as event_id,
        keyed.record_model,
        keyed.record_id,
        case
            when dim_activity.activity = 'ordered' and keyed.old_value = 'to approve' then 'approved'
            when dim_activity.activity is not null then dim_activity.activity
            when keyed.field = 'reservation_state' then 'material no longer awaited'
            else coalesce(replace(keyed.field, '_', ' '), 'removed field') || ' changed'
        end as activity,
        coalesce(dim_activity.rank, 90) as rank,
        keyed.field,
        keyed.old_value,
        keyed.new_value,
        keyed.old_label,
        keyed.new_label,
        keyed.old_text,
        keyed.new_text,
        keyed.event_at,
        keyed.actor_id,
        keyed.message_id,
        'tracking' as recorded_by,
    from fct_change as keyed
    left join dim_activity
        on dim_activity.record_model = keyed.record_model
        and dim_activity.field = keyed.field
        and dim_activity.value = keyed.new_value
    where keyed.record_model in ('mrp.production', 'purchase.order')
    union all by name
    select
        birth.instance,
        hash('split', birth.instance, birth.record_id, birth.field) as event_id,
        'mrp.production' as record_model,
        birth.record_id,
        dim_activity.activity,
        dim_activity.rank,
        birth.field,
        birth.value as new_value,
        birth.created_at as event_at,
        birth.created_by_id as actor_id,
        'split' as recorded_by,
    from birth
    inner join dim_activity
        on dim_activity.record_model = 'mrp.production'
        and dim_activity.field = birth.field
        and dim_activity.value = birth.value
    where birth.value <> 'draft'
    union all by name
    select
        instance,
        hash('review requested', instance, id) as event_id,
        document_model as record_model,
        document_id as record_id,
        'review requested' as activity,
        33 as rank,
        'tier ' || sequence as field,
        'pending' as new_value,
        created_at as event_at,
        requested_by_id as actor_id,
        'tier review' as recorded_by,
    from stg_tier_review_last
    where document_model in ('mrp.production', 'purchase.order')
    union all by name
    select
        instance,
        hash('review decided', instance, id) as event_id,
        document_model as record_model,
        document_id as record_id,
        'review ' || status as activity,
        34 as rank,
        'tier ' || sequence as field,
        'pending' as old_value,
        status as new_value,
        reviewed_at as event_at,
        done_by_id as actor_id,
        'tier review' as recorded_by,
    from stg_tier_review_last
    where status in ('approved', 'rejected')
        and reviewed_at is not null
        and document_model in ('mrp.production', 'purchase.order')
    union all by name
    select
        entry.instance,
        hash('studio', entry.instance, entry.id) as event_id,
        entry.document_model as record_model,
        entry.document_id as record_id,
        if(entry.is_approved, 'approval granted', 'approval refused') as activity,
        35 as rank,
        rule.name as field,
        entry.created_at as event_at,
        entry.user_id as actor_id,
        'studio approval' as recorded_by,
    from stg_studio_approval_entry_last as entry
    left join stg_studio_approval_rule_last as rule
        on rule.instance = entry.instance and rule.id = entry.rule_id
    where entry.document_model in ('mrp.production', 'purchase.order')
),

-- Who did what to which document: where another one tells it, to that one.
act as not materialized (
    select
        instance,
        event_id,
        record_model,
        record_id,
        event_at,
        actor_id,
    from own_event
    union all
    select
        instance,
        event_id,
        coalesce(told_by_model, record_model) as record_model,
        coalesce(told_by_id, record_id) as record_id,
        event_at,
        actor_id,
    from fct_related_event
),

-- A background job runs under the name of whoever enqueued it, and a script under that of whoever lent it a key.
in_job as (
    select distinct event.event_id
    from act as event
    inner join dim_user
        on dim_user.instance = event.instance and dim_user.user_id = event.actor_id
        and dim_user.kind = 'human' and dim_user.confidence <> 'A'
    inner join stg_queue_job_last as job
        on job.instance = event.instance
        and job.user_id = event.actor_id
        and job.document_model = event.record_model
        and event.event_at >= date_trunc('second', job.started_at)
        and event.event_at <= job.done_at
        and coalesce(job.execution_seconds, 0) < 3600
),

-- Few seconds hold so many events at all: only in those it is counted of how many documents they are. Seconds are found
-- by their hash, in half the time, and what shares one by chance is told apart afterwards.
second as not materialized (
    select
        event.instance,
        event.actor_id,
        event.record_model,
        event.record_id,
        date_trunc('second', event.event_at) as second_at,
        hash(event.instance, event.actor_id, event.record_model, second_at) as number,
    from act as event
    inner join dim_user
        on dim_user.instance = event.instance and dim_user.user_id = event.actor_id
        and dim_user.kind = 'human' and dim_user.confidence <> 'A'
),

in_batch as (
    select
        instance,
        actor_id,
        record_model,
        second_at,
        'one of ' || count(distinct record_id) || ' documents that the user changed within one second' as rule,
    from second
    where number in (
        select number from second
        group by number
        having count(*) >= (select batch from cfg_touch)
    )
    group by instance, actor_id, record_model, second_at
    having count(distinct record_id) >= (select batch from cfg_touch)
),

event as not materialized (
    select
        *,
        case recorded_by when 'split' then 'derived' when 'snapshot' then 'snapshot' else 'exact' end as time_quality,
    from own_event
    where event_at is not null
    union all by name
    select * from fct_related_event
),

document as (
    select
        instance,
        record_model,
        record_id,
        workflow,
        plant,
    from dim_document
    union all
    select
        instance,
        record_model,
        record_id,
        workflow,
        plant,
    from dim_related_document
)

select
    event.event_id,
    event.instance,
    event.record_model,
    event.record_id,
    document.workflow,
    document.plant,
    event.activity,
    event.field,
    event.old_value,
    event.new_value,
    event.old_label,
    event.new_label,
    event.old_text,
    event.new_text,
    event.event_at,
    event.time_quality,
    event.rank,
    event.message_id,
    event.recorded_by,
    event.told_by_model,
    event.told_by_id,
    event.actor_id,
    actor.name as actor,
    case
        when in_job.event_id is not null or in_batch.rule is not null then 'automation'
        else coalesce(actor.kind, 'unknown')
    end as actor_kind,
    case
        when in_job.event_id is not null then 'B'
        when in_batch.rule is not null then 'C'
        when actor.kind is null then 'C'
        when event.recorded_by = 'create' and event.actor_id = 1 then 'C'
        else actor.confidence
    end as actor_confidence,
    case
        when in_job.event_id is not null then 'while a background job of that user ran on such documents'
        when in_batch.rule is not null then in_batch.rule
        when event.recorded_by = 'snapshot' then 'seen by comparing two refreshes; who did it is not recorded'
        when event.actor_id is null and event.recorded_by in ('record', 'hold', 'transfer', 'time log')
            then 'who did it is not recorded'
        when actor.kind is null then 'the user is not known any more'
        when event.recorded_by = 'create' and event.actor_id = 1
            then 'created by Odoo''s system user, which may stand in for the person who asked'
        else actor.rule
    end as actor_rule,
from event
inner join document
    on document.instance = event.instance
    and document.record_model = event.record_model
    and document.record_id = event.record_id
left join dim_user as actor
    on actor.instance = event.instance and actor.user_id = event.actor_id
left join in_job on in_job.event_id = event.event_id
left join in_batch
    on in_batch.instance = event.instance
    and in_batch.actor_id = event.actor_id
    and in_batch.record_model = coalesce(event.told_by_model, event.record_model)
    and in_batch.second_at = date_trunc('second', event.event_at)
