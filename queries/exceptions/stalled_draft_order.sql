/*
title = "Stalled draft"
definition = "A production order that is still a draft."
severity = "medium"
sla = "3 d"
owner = "Production planner"
remedy = "confirm the order or cancel it"
*/
select
    instance,
    record_model,
    record_id,
    name,
    plant,
    created_at as since_at,
from fct_production_order
where is_draft
