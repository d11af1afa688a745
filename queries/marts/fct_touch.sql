/*
grain = "one row per thing that a person did to an order of the last 18 weeks up to its close: at which step, how long after the touch before, and whether it changed anything"
key = ["instance", "record_model", "record_id", "actor_id", "transaction_id"]
person = ["person"]
*/
-- A touch is one message with everything it changed, what a person did in one second without a message, or a save that
-- only the audit log saw. changed_nothing is null where Odoo cannot tell; changed_rule says what decided it.
with
-- Orders with their whole life: those created in the last 18 weeks; and what they stood at from when on.
asked as (
    select
        instance,
        record_model,
        record_id,
        min(requested_at) as asked_at,
    from fct_approval_round
    where requested_at >= $as_of - interval 126 day
    group by all
),

document as (
    select
        fct_case.instance,
        fct_case.record_model,
        fct_case.record_id,
        row_number() over () as document_number,
        fct_case.workflow,
        fct_case.plant,
        fct_case.started_at as created_at,
        coalesce(fct_case.ended_at, $as_of) as until_at,
        fct_case.ended_at is not null and fct_case.outcome in ('completed', 'cancelled') as is_closed,
        dim_document.created_by_id,
        asked.asked_at,
        production.released_at,
        production.started_at,
        purchase.ordered_at,
    from (
        select * from fct_case
        where workflow in ('production', 'purchase') and started_at >= $as_of - interval 126 day
    ) as fct_case
    left join dim_document
        on dim_document.instance = fct_case.instance
        and dim_document.record_model = fct_case.record_model
        and dim_document.record_id = fct_case.record_id
    left join asked
        on asked.instance = fct_case.instance
        and asked.record_model = fct_case.record_model
        and asked.record_id = fct_case.record_id
    left join fct_production_order as production
        on production.instance = fct_case.instance
        and production.record_model = fct_case.record_model
        and production.record_id = fct_case.record_id
    left join fct_purchase_order as purchase
        on purchase.instance = fct_case.instance
        and purchase.record_model = fct_case.record_model
        and purchase.record_id = fct_case.record_id
),

person as (
    select
        instance,
        user_id,
        name,
        confidence,
    from dim_user
    where kind = 'human'
),

tracked as (
    select
        instance,
        record_model,
        record_id,
        actor_id,
        coalesce(message_id, -epoch(event_at)::bigint) as transaction_id,
        min(event_at) as touched_at,
        arg_min(activity, rank) as activity,
        min(rank) as rank,
        min(field) as field,
        max(actor_confidence) as confidence,
    from fct_event
    where actor_kind = 'human' and recorded_by <> 'snapshot' and event_at >= $as_of - interval 126 day
    group by all
),

-- What left no event: messages of people that changed nothing tracked, and saves that only the audit log saw.
saved as (
    select
        log.instance,
        model.model as record_model,
        log.document_id as record_id,
        log.user_id as actor_id,
        log.logged_at as touched_at,
        -1000000000000 - min(log.id) as transaction_id,
        bool_or(line.log_id is not null) as is_changed,
        min(line.field_name) as field,
    from stg_auditlog_log_last as log
    inner join stg_ir_model_last as model on model.instance = log.instance and model.id = log.model_id
    left join stg_auditlog_log_line_last as line on line.instance = log.instance and line.log_id = log.id
    where model.model in ('mrp.production', 'purchase.order')
        and log.method = 'write'
        and log.logged_at >= $as_of - interval 126 day
    group by all
),

unseen as (
    select
        instance,
        record_model,
        record_id,
        actor_id,
        transaction_id,
        touched_at,
        if(is_changed, 'changed a field that is not tracked', 'saved without a change') as kind,
        field,
        not is_changed as changed_nothing,
    from saved
    union all by name
    select
        message.instance,
        message.document_model as record_model,
        message.document_id as record_id,
        message.created_by_id as actor_id,
        message.id as transaction_id,
        message.created_at as touched_at,
        case
            when message.activity_type_id is not null then 'marked an activity done'
            when message.message_type = 'notification' then 'saved without a tracked change'
            else 'wrote a message'
        end as kind,
        if(message.message_type = 'notification' and message.activity_type_id is null, true, null) as changed_nothing,
    from stg_mail_message_last as message
    anti join tracked
        on tracked.instance = message.instance and tracked.transaction_id = message.id
    where message.document_model in ('mrp.production', 'purchase.order')
        and message.created_at >= $as_of - interval 126 day
),

untracked as (
    select unseen.*
    from unseen
    semi join person on person.instance = unseen.instance and person.user_id = unseen.actor_id
),

-- The audit log and messages carry when a transaction began, tracked changes when they were posted, seconds later: what
-- is told twice is one touch, and what happened with an event that a machine did in a person's name is none.
told as (
    select distinct
        untracked.instance,
        untracked.record_model,
        untracked.record_id,
        untracked.actor_id,
        untracked.touched_at,
    from fct_event
    inner join untracked
        on untracked.instance = fct_event.instance
        and untracked.record_model = fct_event.record_model
        and untracked.record_id = fct_event.record_id
        and untracked.actor_id = fct_event.actor_id
        and epoch_ms(fct_event.event_at) - epoch_ms(untracked.touched_at) between -2000 and 10000
    where fct_event.event_at >= $as_of - interval 126 day
),

alone as (
    select untracked.*
    from untracked
    anti join told using (instance, record_model, record_id, actor_id, touched_at)
    window earlier as (
        partition by instance, record_model, record_id, actor_id order by touched_at, changed_nothing nulls last, kind
    )
    qualify lag(touched_at) over earlier is null or touched_at > lag(touched_at) over earlier + interval 2 second
),

decision as (
    select
        instance,
        record_model,
        record_id,
        approver_id as actor_id,
        closed_at as touched_at,
        max(epoch(closed_at - pending_at)) as decision_seconds,
    from fct_approval
    where outcome = 'approved' and closed_at >= $as_of - interval 126 day
    group by all
),

touch as (
    select
        instance,
        record_model,
        record_id,
        actor_id,
        transaction_id,
        touched_at,
        case
            when activity = 'review rejected' then 'rejected'
            when activity in ('approval requested', 'review requested') then 'asked for approval'
            when rank >= 90 then 'changed a field'
            else activity
        end as kind,
        if(rank >= 90, field, null) as field,
        false as changed_nothing,
        confidence,
    from tracked
    where activity not in ('approved', 'review approved')
    union all by name
    select
        tracked.instance,
        tracked.record_model,
        tracked.record_id,
        tracked.actor_id,
        tracked.transaction_id,
        tracked.touched_at,
        'approved' as kind,
        decision.decision_seconds <= limits.quick_seconds as changed_nothing,
        tracked.confidence,
        decision.decision_seconds,
    from (select * from tracked where activity in ('approved', 'review approved')) as tracked
    cross join cfg_approval as limits
    left join decision using (instance, record_model, record_id, actor_id, touched_at)
    union all by name
    select * from alone
),

-- Sorted without the texts, in a third of the time.
placed as (
    select
        document.document_number,
        touch.actor_id,
        touch.transaction_id,
        touch.touched_at,
        touch.kind,
        touch.field,
        touch.changed_nothing,
        touch.decision_seconds,
        touch.confidence,
        lag(touch.touched_at) over (partition by document.document_number order by touch.touched_at) as before_at,
    from touch
    inner join document
        on document.instance = touch.instance
        and document.record_model = touch.record_model
        and document.record_id = touch.record_id
    where touch.touched_at <= document.until_at
        -- The message that tells the creation is part of it.
        and not (
            touch.touched_at <= document.created_at + interval 5 second
            and touch.kind <> 'created'
            and touch.changed_nothing
            and touch.actor_id = document.created_by_id
        )
)

select
    document.instance,
    document.record_model,
    document.record_id,
    touch.actor_id,
    touch.transaction_id,
    document.workflow,
    document.plant,
    document.is_closed,
    touch.touched_at,
    case
        when touch.touched_at <= document.created_at then 'not yet created'
        when document.started_at < touch.touched_at then 'started'
        when document.released_at < touch.touched_at then 'confirmed'
        when document.ordered_at < touch.touched_at then 'ordered'
        when document.asked_at < touch.touched_at then 'approval requested'
        else 'created'
    end as stands_at,
    touch.kind,
    touch.field,
    person.name as person,
    coalesce(touch.confidence, person.confidence) as confidence,
    epoch(touch.touched_at - touch.before_at) as since_seconds,
    touch.decision_seconds,
    touch.changed_nothing,
    case
        when touch.kind = 'approved' and touch.changed_nothing
            then 'approved within ' || limits.quick_seconds || ' s of being asked for'
        when touch.kind = 'approved' and touch.changed_nothing is null
            then 'cannot be told: when the approval was asked for is not known'
        when touch.kind in ('approved', 'rejected') then 'a decision'
        when touch.kind = 'saved without a change' then 'the audit log tells a save without any changed field'
        when touch.kind = 'changed a field that is not tracked' then 'the audit log tells a changed field'
        when touch.changed_nothing then 'a message without a tracked change; what Odoo does not track is not seen'
        when touch.changed_nothing is null then 'cannot be told: Odoo keeps that it was written, and not what for'
        else 'a tracked change'
    end as changed_rule,
from placed as touch
inner join document on document.document_number = touch.document_number
cross join cfg_approval as limits
left join person on person.instance = document.instance and person.user_id = touch.actor_id
