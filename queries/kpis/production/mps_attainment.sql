/*
title = "MPS attainment"
definition = "Of the production orders scheduled for a week, how many were completed in it. The schedule of a week is locked when it begins, Monday 0:00 in the plant's own time: it holds the orders that are released and not done then, by the finish planned at that moment; an order that is planned anew is in the schedule of each week it was locked into. Back-orders, cancelled orders, and orders released within the week are left out. Only weeks that have ended count. An order counts only if its plan was known: from the audit log, or seen by a refresh within 26 hours of its release."
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
plan as (
    select
        instance,
        record_id,
        quality,
        planned_finish_at,
        if(is_frozen, released_at, changed_at) as changed_at,
        replaced_at,
    from fct_plan
),

-- Where no plan is known, the order belongs to the week in which it was done.
scheduled as (
    select
        production.*,
        plan.planned_finish_at,
        coalesce(plan.planned_finish_at, production.done_at) as counted_at,
        plan.changed_at,
        plan.replaced_at,
        coalesce(plan.quality <> 'late', false) as is_measured,
        date_trunc(
            'week', coalesce(plan.planned_finish_at, production.done_at) at time zone 'UTC' at time zone dim_plant.timezone
        ) as local_week,
        dim_plant.timezone,
    from fct_production_order as production
    inner join dim_plant
        on dim_plant.instance = production.instance and dim_plant.plant = production.plant
    left join plan
        on plan.instance = production.instance
        and plan.record_id = production.record_id
        and plan.planned_finish_at is not null
    where production.released_at is not null and not production.is_backorder and not production.is_cancelled
        and (production.done_at is not null or production.state <> 'done')
),

locked as (
    select
        *,
        local_week at time zone timezone at time zone 'UTC' as locked_at,
        (local_week + interval 7 day) at time zone timezone at time zone 'UTC' as week_ended_at,
    from scheduled
    where counted_at is not null
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
    local_week::date as week_on,
    planned_finish_at,
    done_at,
    counted_at as at,
    coalesce(done_at < week_ended_at, false) as is_good,
    is_measured,
from locked
where week_ended_at <= $as_of
    and released_at <= locked_at
    and coalesce(changed_at <= locked_at, true)
    and coalesce(replaced_at > locked_at, true)
    and coalesce(done_at > locked_at, true)
