/*
grain = "one row per work order: one operation of a production order at a work center, its plan and what was recorded of the work"
key = ["instance", "record_id"]
person = ["responsible", "worked_by"]
*/
-- worked_by: who logs time on it at the moment of the data.
-- Whoever closes an order without touching its work orders leaves them done at that moment, and Odoo writes the
-- expected time into their logs: such times were recorded by nobody.
with
logged as (
    select
        instance,
        workorder_id,
        min(started_at) as started_at,
        max(ended_at) as ended_at,
        sum(minutes) as minutes,
        bool_or(ended_at is null) as is_running,
        arg_max(user_id, started_at) filter (where ended_at is null) as worked_by_id,
        bool_or(ended_at is null or abs(epoch(created_at - ended_at)) > 60) as is_clocked,
    from stg_mrp_workcenter_productivity_last
    where workorder_id is not null
    group by instance, workorder_id
),

-- From Odoo 17 on start and finish are the plan until work begins; what the plan was is known of what was seen before.
planned as (
    select
        instance,
        id,
        arg_max(started_at, valid_from) as start_at,
        arg_max(finished_at, valid_from) as finish_at,
    from stg_mrp_workorder_history
    where state not in ('progress', 'done', 'cancel') and planned_start_at is null and started_at is not null
    group by instance, id
),

recorded as (
    select
        work_order.*,
        logged.minutes as logged_minutes,
        logged.started_at as logged_from_at,
        logged.ended_at as logged_to_at,
        coalesce(logged.is_running, false) as is_running,
        logged.worked_by_id,
        logged.workorder_id is not null and (
            logged.is_clocked or abs(logged.minutes - coalesce(work_order.expected_minutes, 0)) > 0.02
        ) as is_time_recorded,
    from stg_mrp_workorder_last as work_order
    left join logged on logged.instance = work_order.instance and logged.workorder_id = work_order.id
)

select
    recorded.instance,
    'mrp.workorder' as record_model,
    recorded.id as record_id,
    production.record_id as production_id,
    production.name || ' - ' || coalesce(recorded.name, 'operation ' || recorded.operation_id, 'operation') as name,
    production.name as production,
    production.plant,
    production.company,
    production.product,
    production.product_family,
    production.responsible,
    production.state as production_state,
    recorded.name as operation,
    recorded.workcenter_id as work_center_id,
    work_center.name as work_center,
    case when production.state in ('cancel', 'deleted') or recorded.gone_at is not null then 'cancel' else recorded.state end as state,
    coalesce(recorded.planned_start_at, planned.start_at) as planned_start_at,
    coalesce(recorded.planned_finish_at, planned.finish_at) as planned_finish_at,
    case
        when recorded.is_time_recorded then recorded.logged_from_at
        when recorded.state = 'progress' or (recorded.planned_start_at is not null and recorded.state = 'done') then recorded.started_at
    end as started_at,
    case when recorded.state = 'done' then recorded.finished_at end as finished_at,
    -- While work goes on, Odoo says until when it will at the expected speed.
    case when recorded.state = 'progress' then recorded.finished_at end as forecast_at,
    recorded.expected_minutes,
    recorded.actual_minutes,
    recorded.is_time_recorded,
    recorded.is_running,
    dim_user.name as worked_by,
    recorded.created_at,
from recorded
inner join dim_document as production
    on production.instance = recorded.instance
    and production.record_model = 'mrp.production'
    and production.record_id = recorded.production_id
left join planned
    on planned.instance = recorded.instance and planned.id = recorded.id
left join dim_user
    on dim_user.instance = recorded.instance and dim_user.user_id = recorded.worked_by_id
left join stg_mrp_workcenter_last as work_center
    on work_center.instance = recorded.instance and work_center.id = recorded.workcenter_id
