/*
title = "Start adherence"
definition = "Of the production orders due to start, how many started no later than the plan frozen at their release, plus the tolerance set in ops.toml (8 hours unless set). Open orders count as late once they are due. Back-orders and cancelled orders are left out. An order counts only if a plan was known to hold at its release: from the audit log, or seen by a refresh within 26 hours."
target = 0.9
unit = "share"
direction = "higher"
owner = "Head of production planning"
measure = "share"
statistic = "rate"
clocks = ["elapsed"]
dimensions = ["plant", "company", "product", "product_family", "responsible"]
audience = ["executive", "plant manager"]
coverage = "plan known"
*/
with
due as (
    select
        production.*,
        plan.planned_start_at as planned_at,
        coalesce(production.started_at, production.done_at) as actual_at,
        coalesce(plan.planned_start_at, coalesce(production.started_at, production.done_at), production.released_at)
            + to_seconds(coalesce(own.seconds, general.seconds)) as due_at,
        plan.planned_start_at is not null and plan.quality <> 'late' as is_measured,
        plan.quality as plan_quality,
        coalesce(replan.replan_count, 0) as replan_count,
    from fct_production_order as production
    left join fct_plan as plan
        on plan.instance = production.instance and plan.record_id = production.record_id and plan.is_frozen
    left join (
        select
            instance,
            record_id,
            count(*) as replan_count,
        from fct_plan
        where not is_frozen
        group by instance, record_id
    ) as replan on replan.instance = production.instance and replan.record_id = production.record_id
    left join cfg_tolerance as general on general.plant = ''
    left join cfg_tolerance as own on own.plant = production.plant
    where production.released_at is not null and not production.is_backorder and not production.is_cancelled
)

select
    instance,
    record_model,
    record_id,
    name,
    plant,
    company,
    product,
    product_family,
    responsible,
    due_at,
    coalesce(actual_at <= due_at, false) as is_good,
    is_measured,
    planned_at,
    actual_at,
    epoch(coalesce(actual_at, $as_of) - planned_at) as late_seconds,
    replan_count,
    plan_quality,
from due
where due_at <= $as_of
