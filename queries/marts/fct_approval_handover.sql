/*
grain = "one row per approval step that is known to have been handed over: how, when, and whether it was past its limit by then"
key = ["handover_id"]
person = ["responsible"]
*/
-- Odoo keeps no history of who is asked. A tier that was forwarded says so, and the audit log says when an activity was
-- given to somebody else; everything else is what the refreshes saw: it lies before handed_at, when it was first seen.
with
model as (
    select
        instance,
        id,
    from stg_ir_model_last
    where model = 'mail.activity'
),

activity_logged as (
    select distinct
        log.instance,
        log.document_id as activity_id,
        log.logged_at as handed_at,
    from stg_auditlog_log_last as log
    inner join model on model.instance = log.instance and model.id = log.model_id
    inner join stg_auditlog_log_line_last as line on line.instance = log.instance and line.log_id = log.id
    where log.method = 'write' and line.field_name = 'user_id'
),

activity_seen as (
    select
        instance,
        id as activity_id,
        valid_from as handed_at,
    from stg_mail_activity_history
    qualify user_id <> lag(user_id) over (partition by instance, id order by valid_from)
),

activity_given as (
    select
        *,
        'exact' as time_quality,
    from activity_logged
    union all
    select
        *,
        'seen' as time_quality,
    from activity_seen as seen
    where not exists (
        select 1 from activity_logged as logged
        where logged.instance = seen.instance and logged.activity_id = seen.activity_id
    )
),

-- On a document that waits for several steps, it is the one that waits longest.
activity_handover as (
    select
        step.approval_id,
        'activity ' || given.activity_id as of_what,
        'activity given to somebody else' as way,
        given.handed_at,
        given.time_quality,
    from activity_given as given
    inner join stg_mail_activity_last as activity
        on activity.instance = given.instance and activity.id = given.activity_id
    inner join fct_approval as step
        on step.instance = activity.instance
        and step.record_model = activity.document_model
        and step.record_id = activity.document_id
        and step.pending_at <= given.handed_at
        and coalesce(step.closed_at, 'infinity') > given.handed_at
    qualify row_number() over (
        partition by given.instance, given.activity_id, given.handed_at order by step.pending_at, step.approval_id
    ) = 1
),

review_version as (
    select
        instance,
        id as review_id,
        status,
        done_by_id,
        reviewed_at,
        valid_from,
        list_sort(reviewer_ids) as asked,
        lag(list_sort(reviewer_ids)) over (partition by instance, id order by valid_from) as asked_before,
        lag(status) over (partition by instance, id order by valid_from) as status_before,
    from stg_tier_review_history
),

review_handover as (
    select
        instance,
        review_id,
        'reviewer changed' as way,
        valid_from as handed_at,
        'seen' as time_quality,
    from review_version
    where status in ('waiting', 'pending') and len(asked_before) > 0 and asked <> asked_before
    union all
    select
        instance,
        review_id,
        'decided by somebody else' as way,
        reviewed_at as handed_at,
        'exact' as time_quality,
    from review_version
    where status in ('approved', 'rejected')
        and status_before in ('waiting', 'pending')
        and len(asked_before) > 0
        and not list_contains(asked_before, done_by_id)
),

handover as (
    select * from activity_handover
    union all
    select
        step.approval_id,
        'review ' || review_handover.review_id as of_what,
        review_handover.way,
        review_handover.handed_at,
        review_handover.time_quality,
    from review_handover
    inner join fct_approval as step
        on step.instance = review_handover.instance and step.review_id = review_handover.review_id
    union all
    select
        approval_id,
        'review ' || review_id as of_what,
        'forwarded' as way,
        closed_at as handed_at,
        'exact' as time_quality,
    from fct_approval
    where outcome = 'forwarded' and closed_at is not null
)

select
    handover.approval_id || ':' || handover.of_what || ':' || handover.way || ':' || handover.handed_at as handover_id,
    step.instance,
    step.record_model,
    step.record_id,
    step.name,
    step.plant,
    step.company,
    step.product,
    step.product_family,
    step.vendor,
    step.responsible,
    step.mechanism,
    step.step_name,
    handover.way,
    handover.time_quality,
    step.pending_at,
    step.due_at,
    handover.handed_at,
    coalesce(handover.handed_at > step.due_at, false) as is_escalation,
from handover
inner join fct_approval as step on step.approval_id = handover.approval_id
