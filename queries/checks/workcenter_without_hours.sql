/*
title = "Work centers have hours and capacity"
definition = "An active work center that operations use has a work calendar, a capacity above 0 (Odoo 19 keeps none) and an efficiency above 0."
severity = "warn"
about = "master data"
owner = "Head of production planning"
remedy = "give the work center its calendar, capacity and efficiency"
*/
select
    center.instance,
    'mrp.workcenter' as record_model,
    center.id as record_id,
    center.name,
    null::varchar as plant,
    concat_ws(
        ', ',
        if(center.resource_calendar_id is null, 'no calendar', null),
        if(center.capacity <= 0, 'no capacity', null),
        if(center.time_efficiency <= 0, 'no efficiency', null)
    ) as detail,
    coalesce(
        center.resource_calendar_id is null or center.capacity <= 0 or center.time_efficiency <= 0, false
    ) as is_wrong,
from stg_mrp_workcenter as center
where coalesce(center.active, true)
    and exists (
        from stg_mrp_routing_workcenter as operation
        where operation.instance = center.instance and operation.workcenter_id = center.id
    )
