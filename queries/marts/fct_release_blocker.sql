/*
grain = "one row per span in which something known kept a production order from beginning: material, routing, capacity or an approval"
key = ["instance", "record_id", "blocker", "entered_at"]
person = ["responsible"]
*/
with
-- An order can be kept waiting from its creation until work begins, or it ends without.
waiting as (
    select
        *,
        least(started_at, done_at, cancelled_at) as left_at,
    from fct_production_order
    where not is_backorder
        and (coalesce(started_at, done_at, cancelled_at) is not null or state in ('draft', 'confirmed'))
),

missing as (
    select
        instance,
        record_id,
        string_agg(component, ', ' order by component) as components,
        max(forecast_at) as forecast_at,
        bool_and(forecast_at is not null) as is_forecast,
    from fct_component_shortage
    where seen_to_at is null
    group by instance, record_id
),

material as (
    select
        shortage.instance,
        shortage.record_id,
        'material' as blocker,
        case
            when shortage.outcome <> 'open' or missing.components is null then 'waits for ' || shortage.waits_for
            when missing.is_forecast
                then missing.components || ', expected ' || strftime(missing.forecast_at, '%Y-%m-%d')
            else missing.components || ', not covered by what is on its way'
        end as detail,
        shortage.short_at as entered_at,
        shortage.ended_at as left_at,
    from fct_shortage as shortage
    left join missing on missing.instance = shortage.instance and missing.record_id = shortage.record_id
    where shortage.outcome = 'open' or shortage.ended_at is not null
),

-- Work orders are expected where other orders of the product have them in the plant.
routed as (
    select distinct
        instance,
        plant,
        product,
    from fct_work_order
),

routing as (
    select
        waiting.instance,
        waiting.record_id,
        'routing' as blocker,
        'no work orders, unlike other orders of the product' as detail,
        waiting.created_at as entered_at,
        null::timestamp as left_at,
    from waiting
    inner join routed
        on routed.instance = waiting.instance and routed.plant = waiting.plant and routed.product = waiting.product
    anti join fct_work_order as work_order
        on work_order.instance = waiting.instance and work_order.production_id = waiting.record_id
),

-- The first operation of an order that should have begun, and could as to its material.
due as (
    select
        waiting.instance,
        waiting.record_id,
        work_order.work_center_id,
        work_order.work_center,
        greatest(plan.planned_start_at, waiting.ready_at) as due_at,
    from waiting
    inner join (
        select
            instance,
            record_id,
            arg_max(planned_start_at, plan_number) as planned_start_at,
        from fct_plan
        group by instance, record_id
    ) as plan
        on plan.instance = waiting.instance and plan.record_id = waiting.record_id
    inner join (
        select
            instance,
            production_id,
            arg_min(work_center_id, record_id) as work_center_id,
            arg_min(work_center, record_id) as work_center,
        from fct_work_order
        group by instance, production_id
    ) as work_order
        on work_order.instance = waiting.instance and work_order.production_id = waiting.record_id
    where plan.planned_start_at is not null
        and waiting.ready_at is not null
        and greatest(plan.planned_start_at, waiting.ready_at) < coalesce(waiting.left_at, $as_of)
),

-- What a work center was taken up by, as steps up and down over time.
step as (
    select
        instance,
        work_center_id,
        unnest([started_at, finished_at]) as at_moment,
        unnest([1, -1]) as busy,
        0 as closed,
    from fct_work_order
    where started_at is not null
    union all
    select
        instance,
        workcenter_id as work_center_id,
        unnest([started_at, ended_at]) as at_moment,
        0 as busy,
        unnest([1, -1]) as closed,
    from stg_mrp_workcenter_productivity_last
    where workorder_id is null
    union all
    select
        work_center.instance,
        work_center.id as work_center_id,
        unnest([closure.closed_from_at, closure.closed_to_at]) as at_moment,
        0 as busy,
        unnest([1, -1]) as closed,
    from stg_mrp_workcenter_last as work_center
    inner join stg_resource_calendar_leaves_last as closure
        on closure.instance = work_center.instance
        and closure.resource_id = work_center.resource_id
        and closure.kind = 'leave'
),

load as (
    select
        instance,
        work_center_id,
        at_moment,
        sum(sum(busy)) over past as busy,
        sum(sum(closed)) over past as closed,
    from step
    where at_moment is not null and work_center_id is not null
    group by instance, work_center_id, at_moment
    window past as (partition by instance, work_center_id order by at_moment)
),

capacity as (
    select
        due.instance,
        due.record_id,
        'capacity' as blocker,
        coalesce(due.work_center, 'the work center') || if(load.closed > 0, ' was closed', ' was taken') as detail,
        due.due_at as entered_at,
        null::timestamp as left_at,
    from due
    asof left join load
        on load.instance = due.instance
        and load.work_center_id = due.work_center_id
        and load.at_moment <= due.due_at
    where load.busy > 0 or load.closed > 0
),

-- A purchase that supplies an order, or names it, holds it up while it waits for its own approval.
asked as (
    select
        link.instance,
        link.to_id as record_id,
        link.from_id as purchase_id,
    from fct_link as link
    where link.from_model = 'purchase.order' and link.to_model = 'mrp.production'
    union
    select
        link.instance,
        link.from_id as record_id,
        link.to_id as purchase_id,
    from fct_link as link
    where link.from_model = 'mrp.production' and link.to_model = 'purchase.order'
),

pending as (
    select
        asked.instance,
        asked.record_id,
        approval.name,
        approval.step_name,
        approval.pending_at,
        approval.closed_at,
        approval.outcome,
    from asked
    inner join fct_approval as approval
        on approval.instance = asked.instance
        and approval.record_model = 'purchase.order'
        and approval.record_id = asked.purchase_id
    union all
    select
        instance,
        record_id,
        name,
        step_name,
        pending_at,
        closed_at,
        outcome,
    from fct_approval
    where record_model = 'mrp.production'
),

approval as (
    select
        instance,
        record_id,
        'approval' as blocker,
        name || ' waits for ' || step_name as detail,
        pending_at as entered_at,
        closed_at as left_at,
    from pending
    where pending_at is not null and (closed_at is not null or outcome = 'open')
),

found as (
    select * from material
    union all
    select * from routing
    union all
    select * from capacity
    union all
    select * from approval
),

span as (
    select
        found.instance,
        found.record_id,
        found.blocker,
        found.detail,
        greatest(found.entered_at, waiting.created_at) as entered_at,
        least(found.left_at, waiting.left_at) as left_at,
    from found
    inner join waiting on waiting.instance = found.instance and waiting.record_id = found.record_id
    where found.entered_at < coalesce(waiting.left_at, 'infinity')
        and coalesce(found.left_at, 'infinity') > waiting.created_at
)

select
    waiting.instance,
    waiting.record_model,
    waiting.record_id,
    waiting.name,
    waiting.plant,
    waiting.company,
    waiting.product,
    waiting.product_family,
    waiting.responsible,
    waiting.state,
    span.blocker,
    string_agg(distinct span.detail, '; ' order by span.detail) as detail,
    span.entered_at,
    nullif(max(coalesce(span.left_at, 'infinity'::timestamp)), 'infinity'::timestamp) as left_at,
from span
inner join waiting on waiting.instance = span.instance and waiting.record_id = span.record_id
group by all
