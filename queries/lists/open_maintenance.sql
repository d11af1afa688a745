/*
title = "Open maintenance requests"
definition = "Maintenance requests that are neither done nor cancelled: how long they have been open, whether somebody has taken them up, since when they are marked as blocked (spare parts are among the reasons and cannot be told apart), until when preventive ones were to be done, and whether the machine is down meanwhile. Machines that are down come first, then what is overdue or blocked, then the oldest. The machine is the work center of the request or of its equipment, else the equipment."
*/
with
blocked as (
    select
        instance,
        record_id,
        min(started_at) as blocked_since_at,
    from fct_maintenance_wait
    where outcome = 'open'
    group by instance, record_id
),

stop as (
    select
        instance,
        plant,
        workcenter as machine,
        min(started_at) as down_since_at,
    from fct_downtime
    where ended_at is null
    group by instance, plant, workcenter
)

select
    request.instance,
    request.record_model,
    request.record_id,
    request.name,
    request.plant,
    request.maintenance_type,
    request.team,
    coalesce(request.workcenter, request.equipment) as machine,
    request.priority,
    request.responsible,
    request.stage,
    request.created_at,
    epoch($as_of - request.created_at) as age_seconds,
    request.responded_at is not null as is_taken_up,
    blocked.blocked_since_at,
    epoch($as_of - blocked.blocked_since_at) as blocked_seconds,
    request.scheduled_at,
    request.due_at,
    coalesce(request.maintenance_type = 'preventive' and request.due_at <= $as_of, false) as is_overdue,
    stop.down_since_at,
    epoch($as_of - stop.down_since_at) as down_seconds,
    odoo_url(odoo_instance.url, odoo_instance.version, request.record_model, request.record_id) as record_url,
from fct_maintenance_request as request
left join blocked on blocked.instance = request.instance and blocked.record_id = request.record_id
left join stop
    on request.maintenance_type is distinct from 'preventive'
    and stop.instance = request.instance
    and stop.plant is not distinct from request.plant
    and stop.machine = coalesce(request.workcenter, request.equipment)
left join odoo_instance on odoo_instance.instance = request.instance
where request.status = 'open'
order by
    stop.down_since_at is null,
    not (is_overdue or blocked.blocked_since_at is not null),
    request.created_at,
    request.record_id
