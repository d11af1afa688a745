/*
grain = "one row per plan a production order had from its release to its start: the frozen one first, then each re-plan; with what was planned before it, and when the next one replaced it"
key = ["instance", "record_id", "plan_number"]
person = ["responsible", "changed_by"]
*/
-- Odoo 17 and later overwrite the plan with the actual dates, and no version tracks it. What is known of it comes from
-- the audit log, to the second, or from what the refreshes saw: a change then lies between two of them.
with
seen as (
    select
        instance,
        id as record_id,
        state <> 'draft' as is_released,
        coalesce(planned_start_at, if(state in ('draft', 'confirmed'), started_at, null)) as planned_start_at,
        coalesce(planned_finish_at, if(state in ('draft', 'confirmed'), finished_at, null)) as planned_finish_at,
        last_writer_id,
        valid_from,
        lag(seen_at) over (partition by instance, id order by valid_from) as before_at,
    from stg_mrp_production_history
),

-- A plan that was the same before the release is the one released; what came earlier was a draft.
version as (
    select
        *,
        lag(planned_start_at) over same is not distinct from planned_start_at
            and lag(planned_finish_at) over same is not distinct from planned_finish_at
            and lag(is_released) over same is not null as is_same,
        not coalesce(lag(is_released) over same, true) as follows_draft,
    from seen
    where planned_start_at is not null
    window same as (partition by instance, record_id order by valid_from)
),

-- A cancelled order keeps its plan, so a version that begins there has nothing new to say.
seen_plan as (
    select
        version.instance,
        version.record_id,
        version.planned_start_at,
        version.planned_finish_at,
        version.before_at as changed_after_at,
        version.valid_from as changed_at,
        version.last_writer_id as writer_id,
        version.is_same and version.follows_draft as is_from_draft,
    from version
    where version.is_released and (not version.is_same or version.follows_draft)
),

model as (
    select
        instance,
        id,
    from stg_ir_model_last
    where model = 'mrp.production'
),

-- When Odoo began the transaction that started, ended or released an order, which is also when an audit log dates it.
turn as (
    select
        event.instance,
        event.record_id,
        min(message.created_at) filter (where event.new_value = 'confirmed') as released_at,
        min(message.created_at) filter (where event.new_value in ('progress', 'to_close', 'done', 'cancel')) as ended_at,
    from fct_event as event
    inner join stg_mail_message_last as message
        on message.instance = event.instance and message.id = event.message_id
    where event.record_model = 'mrp.production' and event.field = 'state'
    group by event.instance, event.record_id
),

logged as (
    select
        log.instance,
        log.document_id as record_id,
        log.id as log_id,
        log.method,
        log.logged_at,
        log.user_id,
        max(try_cast(line.old_value as timestamp)) filter (where line.field_name in ('date_start', 'date_planned_start'))
            as old_start_at,
        max(try_cast(line.new_value as timestamp)) filter (where line.field_name in ('date_start', 'date_planned_start'))
            as new_start_at,
        max(try_cast(line.old_value as timestamp))
            filter (where line.field_name in ('date_finished', 'date_planned_finished')) as old_finish_at,
        max(try_cast(line.new_value as timestamp))
            filter (where line.field_name in ('date_finished', 'date_planned_finished')) as new_finish_at,
    from stg_auditlog_log_last as log
    inner join model on model.instance = log.instance and model.id = log.model_id
    inner join stg_auditlog_log_line_last as line on line.instance = log.instance and line.log_id = log.id
    where line.field_name in ('date_start', 'date_planned_start', 'date_finished', 'date_planned_finished')
    group by all
),

-- The first entry also tells what was there before it.
entry as (
    select
        instance,
        record_id,
        log_id,
        logged_at,
        user_id,
        new_start_at as planned_start_at,
        new_finish_at as planned_finish_at,
    from logged
    union all
    select
        logged.instance,
        logged.record_id,
        0 as log_id,
        min(production.created_at) as logged_at,
        min(production.created_by_id) as user_id,
        arg_min(old_start_at, log_id) as planned_start_at,
        arg_min(old_finish_at, log_id) as planned_finish_at,
    from logged
    inner join stg_mrp_production_last as production
        on production.instance = logged.instance and production.id = logged.record_id
    group by logged.instance, logged.record_id
    having count(*) filter (where method = 'create') = 0
),

filled as (
    select
        entry.instance,
        entry.record_id,
        entry.log_id,
        entry.logged_at,
        entry.user_id,
        last_value(entry.planned_start_at ignore nulls) over past as planned_start_at,
        last_value(entry.planned_finish_at ignore nulls) over past as planned_finish_at,
        entry.logged_at <= turn.released_at as is_before_release,
    from entry
    inner join turn on turn.instance = entry.instance and turn.record_id = entry.record_id
    where turn.released_at is not null and (turn.ended_at is null or entry.logged_at < turn.ended_at)
    window past as (partition by entry.instance, entry.record_id order by entry.logged_at, entry.log_id)
),

-- The plan in force at the release, where the log goes back that far, and what changed it afterwards.
frozen as (
    select
        instance,
        record_id,
        max(log_id) as log_id,
    from filled
    where is_before_release and planned_start_at is not null
    group by instance, record_id
),

logged_plan as (
    select
        filled.instance,
        filled.record_id,
        filled.planned_start_at,
        filled.planned_finish_at,
        filled.logged_at as changed_at,
        filled.user_id as writer_id,
        filled.log_id,
        lag(filled.planned_start_at) over same is distinct from filled.planned_start_at
            or lag(filled.planned_finish_at) over same is distinct from filled.planned_finish_at as is_new,
    from filled
    inner join frozen on frozen.instance = filled.instance and frozen.record_id = filled.record_id
    where filled.log_id >= frozen.log_id
    window same as (partition by filled.instance, filled.record_id order by filled.log_id)
),

plan as (
    select
        instance,
        record_id,
        planned_start_at,
        planned_finish_at,
        null::timestamp as changed_after_at,
        changed_at,
        writer_id,
        true as is_logged,
        true as is_from_draft,
        row_number() over (partition by instance, record_id order by log_id) as plan_number,
    from logged_plan
    where is_new
    union all by name
    select
        seen_plan.*,
        false as is_logged,
        row_number() over (partition by instance, record_id order by changed_at) as plan_number,
    from seen_plan
    anti join logged_plan using (instance, record_id)
)

select
    plan.instance,
    production.record_model,
    plan.record_id,
    plan.plan_number,
    plan.plan_number = 1 as is_frozen,
    production.name,
    production.plant,
    production.company,
    production.product,
    production.product_family,
    production.responsible,
    production.released_at,
    plan.planned_start_at,
    plan.planned_finish_at,
    lag(plan.planned_start_at) over version as earlier_start_at,
    lag(plan.planned_finish_at) over version as earlier_finish_at,
    plan.changed_after_at,
    plan.changed_at,
    lead(plan.changed_at) over version as replaced_at,
    dim_user.name as changed_by,
    if(plan.is_logged, 'A', 'C') as changed_by_confidence,
    -- A frozen plan first seen long after the release may have been moved before: it is no promise to be held against.
    case
        when plan.is_logged or plan.is_from_draft then 'exact'
        when
            plan.plan_number = 1
            and plan.changed_at > coalesce(production.released_at, production.created_at) + interval 26 hour
            then 'late'
        else 'seen'
    end as quality,
from plan
inner join fct_production_order as production
    on production.instance = plan.instance and production.record_id = plan.record_id
left join dim_user
    on dim_user.instance = plan.instance and dim_user.user_id = plan.writer_id
window version as (partition by plan.instance, plan.record_id order by plan.plan_number)
