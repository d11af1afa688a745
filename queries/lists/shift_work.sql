/*
title = "Work of a plant now"
definition = "What is in work in a plant now and what is to begin before a moment: work orders, and released production orders that have none, with who logs time on it, when it was to begin, when the order is due, and whether it runs, is ready or is kept back and by what (an operation before it, or what keeps its order from beginning)."
*/
with
kept as (
    select
        instance,
        record_id,
        string_agg(distinct blocker, ', ' order by blocker) as blockers,
    from fct_release_blocker
    where left_at is null and plant = $plant
    group by instance, record_id
),

production as (
    select *
    from fct_open_production
    where plant = $plant and released_at is not null
),

operation as (
    select
        work_order.instance,
        work_order.production_id as record_id,
        work_order.work_center,
        work_order.operation,
        work_order.worked_by,
        work_order.planned_start_at,
        work_order.started_at,
        work_order.forecast_at,
        work_order.is_running or work_order.state = 'progress' as is_running,
        work_order.state = 'ready' as is_ready,
    from fct_work_order as work_order
    where work_order.plant = $plant
        and work_order.state not in ('done', 'cancel')
        and work_order.production_state not in ('draft', 'done', 'cancel', 'deleted')
),

task as (
    select * from operation
    union all by name
    select
        production.instance,
        production.record_id,
        production.planned_start_at,
        production.started_at,
        production.started_at is not null as is_running,
        true as is_ready,
    from production
    where not exists (
        select 1 from operation
        where operation.instance = production.instance and operation.record_id = production.record_id
    )
)

select
    production.instance,
    production.record_model,
    production.record_id,
    production.name,
    production.plant,
    production.product,
    production.responsible,
    task.work_center,
    task.operation,
    task.worked_by,
    task.planned_start_at,
    task.started_at,
    task.forecast_at,
    case
        when task.is_running then 'running'
        when kept.blockers is not null or not task.is_ready then 'kept back'
        else 'ready'
    end as queue_state,
    if(task.is_running, null, coalesce(kept.blockers, if(task.is_ready, null, 'an operation before it'))) as kept_by,
    due.due_at,
    coalesce(due.due_at < $as_of, false) as is_late,
    odoo_url(odoo_instance.url, odoo_instance.version, production.record_model, production.record_id) as record_url,
from task
inner join production on production.instance = task.instance and production.record_id = task.record_id
left join kept on kept.instance = task.instance and kept.record_id = task.record_id
left join fct_open_order as due
    on due.instance = task.instance and due.record_model = 'mrp.production' and due.record_id = task.record_id
left join odoo_instance on odoo_instance.instance = task.instance
where task.is_running or task.planned_start_at < $until_at::timestamp
order by task.planned_start_at nulls last, production.record_id, task.operation
