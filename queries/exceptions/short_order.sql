/*
title = "Waiting for material"
definition = "A released production order whose components are not all reserved."
severity = "high"
sla = "5 d"
owner = "Material planner"
remedy = "expedite the missing components or re-plan the order"
*/
select
    instance,
    record_model,
    record_id,
    name,
    plant,
    max(short_at) as since_at,
from fct_shortage
where outcome = 'open'
group by instance, record_model, record_id, name, plant
