/*
title = "Orders that wait for a machine"
definition = "Released production orders with work still to do at a work center of a plant, those due first come first: the operation, whether it runs, is ready or is kept back, when it was to begin, when the order is due and what it is worth."
*/
select
    work_order.instance,
    'mrp.production' as record_model,
    work_order.production_id as record_id,
    work_order.production as name,
    work_order.plant,
    work_order.product,
    work_order.responsible,
    work_order.operation,
    case
        when work_order.is_running or work_order.state = 'progress' then 'running'
        when work_order.state = 'ready' then 'ready'
        else 'kept back'
    end as queue_state,
    work_order.planned_start_at,
    coalesce(work_order.planned_start_at < $as_of and work_order.started_at is null, false) as is_start_overdue,
    due.due_at,
    coalesce(due.due_at < $as_of, false) as is_late,
    due.reporting_amount as amount,
    due.reporting_currency as currency,
    odoo_url(odoo_instance.url, odoo_instance.version, 'mrp.production', work_order.production_id) as record_url,
from fct_work_order as work_order
left join fct_open_order as due
    on due.instance = work_order.instance
    and due.record_model = 'mrp.production'
    and due.record_id = work_order.production_id
left join odoo_instance on odoo_instance.instance = work_order.instance
where work_order.work_center = $machine
    and work_order.plant is not distinct from $plant
    and work_order.state not in ('done', 'cancel')
    and work_order.production_state not in ('draft', 'done', 'cancel', 'deleted')
order by due.due_at nulls last, work_order.production_id, work_order.record_id
