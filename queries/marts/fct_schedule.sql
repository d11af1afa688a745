/*
grain = "one row per released production order and milestone (start, completion): when it was due by the frozen plan, and when it came"
key = ["instance", "record_id", "milestone"]
person = ["responsible"]
*/
with
milestone as (
    select
        production.*,
        unnest([
            {
                'milestone': 'start',
                'planned_at': plan.planned_start_at,
                'actual_at': coalesce(production.started_at, production.done_at)
            },
            {
                'milestone': 'completion',
                'planned_at': plan.planned_finish_at,
                'actual_at': production.done_at
            }
        ], max_depth := 2),
        plan.quality as plan_quality,
    from fct_production_order as production
    left join fct_plan as plan
        on plan.instance = production.instance and plan.record_id = production.record_id and plan.is_frozen
    where production.released_at is not null and not production.is_backorder and not production.is_cancelled
),

replan as (
    select
        instance,
        record_id,
        count(*) as replan_count,
    from fct_plan
    where not is_frozen
    group by instance, record_id
)

select
    milestone.instance,
    milestone.record_model,
    milestone.record_id,
    milestone.milestone,
    milestone.name,
    milestone.plant,
    milestone.company,
    milestone.product,
    milestone.product_family,
    milestone.responsible,
    milestone.planned_at,
    milestone.actual_at,
    coalesce(milestone.planned_at, milestone.actual_at, milestone.released_at)
        + to_seconds(coalesce(own.seconds, general.seconds)) as due_at,
    milestone.planned_at is not null and milestone.plan_quality <> 'late' as is_measured,
    milestone.plan_quality,
    coalesce(replan.replan_count, 0) as replan_count,
from milestone
left join replan on replan.instance = milestone.instance and replan.record_id = milestone.record_id
left join cfg_tolerance as general on general.plant = ''
left join cfg_tolerance as own on own.plant = milestone.plant
