/*
title = "Re-plans"
definition = "Moves of the planned start or finish of production orders after their release, by who moved them and when. Where only refreshes saw it, a move counts at the later of the two it lies between, several moves between them look like one, and who wrote last is taken for who moved it. Back-orders are left out."
unit = "count"
direction = "lower"
owner = "Head of production planning"
measure = "sum"
statistic = "total"
clocks = ["elapsed"]
dimensions = ["plant", "company", "product", "product_family", "responsible", "changed_by", "moved"]
audience = ["plant manager"]
*/
select
    plan.instance,
    plan.record_model,
    plan.record_id,
    plan.name,
    plan.plant,
    plan.company,
    plan.product,
    plan.product_family,
    plan.responsible,
    plan.changed_by,
    plan.changed_by_confidence,
    case
        when coalesce(plan.planned_start_at > plan.earlier_start_at, plan.planned_finish_at > plan.earlier_finish_at)
            then 'later'
        when coalesce(plan.planned_start_at < plan.earlier_start_at, plan.planned_finish_at < plan.earlier_finish_at)
            then 'earlier'
        else 'finish only'
    end as moved,
    plan.earlier_start_at,
    plan.planned_start_at,
    plan.earlier_finish_at,
    plan.planned_finish_at,
    plan.changed_after_at,
    plan.changed_at as at,
    1 as amount,
from fct_plan as plan
inner join fct_production_order as production
    on production.instance = plan.instance and production.record_id = plan.record_id
where not plan.is_frozen and not production.is_backorder
