/*
title = "Every state has a name"
definition = "Each state that a document entered is one that the event log knows: orders, transfers, inspections, quality checks and approval requests."
severity = "warn"
owner = "Operator"
remedy = "a module adds states: their changes are in the timeline, but in no process figure; tell us their names"
*/
select
    instance,
    record_model,
    record_id,
    name,
    plant,
    field || ' ' || new_value as detail,
from fct_event
where recorded_by = 'tracking'
    and field in ('state', 'reservation_state', 'quality_state', 'request_status')
    and new_value is not null
    and rank = 90
