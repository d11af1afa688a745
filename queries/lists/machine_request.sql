/*
title = "Maintenance requests of a machine"
definition = "The 200 newest requests of a machine of a plant, corrective and preventive, with when each was taken up and done; cancelled ones are there, deleted ones are not."
*/
select
    request.instance,
    request.record_model,
    request.record_id,
    request.name,
    request.plant,
    request.maintenance_type,
    request.responsible,
    request.stage,
    request.status,
    request.created_at,
    seconds_from(request.created_at, request.responded_at) as response_seconds,
    seconds_from(request.created_at, coalesce(request.done_at, $as_of)) as length_seconds,
    request.due_at,
    coalesce(request.done_at, $as_of) > request.due_at as is_late,
    odoo_url(odoo_instance.url, odoo_instance.version, request.record_model, request.record_id) as record_url,
from fct_maintenance_request as request
left join odoo_instance on odoo_instance.instance = request.instance
where coalesce(request.workcenter, request.equipment) = $machine
    and request.plant is not distinct from $plant
    and request.status <> 'deleted'
order by request.created_at desc, request.record_id desc
limit 200
