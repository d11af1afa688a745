/*
title = "Routing changed on an open order"
definition = "An operation of the bill of materials was added, changed or removed after the release of a production order that is not done. Orders that were brought in line with it since (Odoo 17 and later know) are left out. What was written before a refresh had seen it counts as changed, whatever was written."
severity = "medium"
about = "sensitive change"
sla = "1 d"
owner = "Production planner"
fallback = "Head of production planning"
remedy = "update the order's routing, or confirm that it is to be made as released"
needs = ["mrp_routing_workcenter"]
*/
select
    instance,
    record_model,
    record_id,
    name,
    plant,
    min(changed_at) as since_at,
    arg_max(part_name || ' ' || what, changed_at) as detail,
from fct_bom_change
where part = 'operation'
group by instance, record_model, record_id, name, plant
