/*
title = "Every state has a name"
definition = "Each state that a document entered is one that the event log knows: orders, transfers, inspections, quality checks and approval requests."
severity = "warn"
owner = "Operator"
remedy = "a module adds states: their changes are in the timeline, but in no process figure; tell us their names"
*/
select
    event.instance,
    event.record_model,
    event.record_id,
    document.name,
    event.plant,
    event.field || ' ' || event.new_value as detail,
from fct_event as event
inner join fct_case as document
    on document.instance = event.instance
    and document.record_model = event.record_model
    and document.record_id = event.record_id
where event.recorded_by = 'tracking'
    and event.field in ('state', 'reservation_state', 'quality_state', 'request_status')
    and event.new_value is not null
    and event.rank = 90
