/*
grain = "one row per production order that is not over, with the plan frozen at its release: what pages read instead of all orders"
key = ["instance", "record_id"]
person = ["responsible"]
*/
-- is_start_late, is_finish_late: not begun, or not done, past the planned moment and the tolerance. Without a release, or a
-- plan that is known, there is no frozen plan to be late by.
with
production as (
    select *
    from fct_production_order
    where done_at is null and cancelled_at is null and state not in ('done', 'cancel', 'deleted')
),

frozen as (
    select
        schedule.instance,
        schedule.record_id,
        any_value(schedule.planned_at) filter (where schedule.milestone = 'start') as planned_start_at,
        any_value(schedule.planned_at) filter (where schedule.milestone = 'completion') as planned_finish_at,
        bool_or(schedule.milestone = 'start' and schedule.actual_at is null and schedule.due_at <= $as_of) as is_start_late,
        bool_or(schedule.milestone = 'completion' and schedule.due_at <= $as_of) as is_finish_late,
        bool_or(schedule.is_measured) as is_plan_known,
        any_value(schedule.replan_count) as replan_count,
    from fct_schedule as schedule
    inner join production
        on production.instance = schedule.instance and production.record_id = schedule.record_id
    group by schedule.instance, schedule.record_id
)

select
    production.instance,
    production.record_model,
    production.record_id,
    production.name,
    production.plant,
    production.product,
    production.responsible,
    production.state,
    production.quantity,
    production.deadline_at,
    production.released_at,
    production.started_at,
    frozen.planned_start_at,
    frozen.planned_finish_at,
    coalesce(frozen.is_plan_known, false) as is_plan_known,
    coalesce(frozen.replan_count, 0) as replan_count,
    coalesce(frozen.is_plan_known and frozen.is_start_late, false) as is_start_late,
    coalesce(frozen.is_plan_known and frozen.is_finish_late, false) as is_finish_late,
from production
left join frozen on frozen.instance = production.instance and frozen.record_id = production.record_id
