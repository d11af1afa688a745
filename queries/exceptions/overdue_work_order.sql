/*
title = "Work order overdue"
definition = "A work order of a released production order that should be finished by its plan, or, where it has none, by that of its order, and is not."
severity = "medium"
sla = "1 d"
owner = "Shift supervisor"
fallback = "Head of production"
remedy = "work on it, record it as done, or plan it anew"
needs = ["mrp_workorder"]
*/
with
due as (
    select
        work_order.*,
        plan.planned_finish_at as order_finish_at,
        coalesce(work_order.forecast_at, work_order.planned_finish_at, plan.planned_finish_at) as due_at,
    from fct_work_order as work_order
    left join (
        select
            instance,
            record_id,
            arg_max(planned_finish_at, plan_number) as planned_finish_at,
        from fct_plan
        group by instance, record_id
    ) as plan
        on plan.instance = work_order.instance and plan.record_id = work_order.production_id
    where work_order.state not in ('done', 'cancel')
        and work_order.production_state in ('confirmed', 'progress', 'to_close')
)

-- A work order holds up what its production order does.
select
    due.instance,
    due.record_model,
    due.record_id,
    due.name,
    due.plant,
    due.due_at as since_at,
    due.responsible,
    if(due.started_at is null, 'not begun', 'begun') || ' at ' || coalesce(due.work_center, 'its work center') as detail,
from due
where due.due_at < $as_of
