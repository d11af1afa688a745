/*
title = "State labels are understood"
definition = "Every tracked state label matches a selection value in an installed language."
severity = "warn"
owner = "Operator"
remedy = "a label was renamed or a language removed: the data health page lists the labels"
*/
select
    event.instance,
    event.record_model,
    event.record_id,
    document.name,
    event.plant,
    event.field || ' ' || event.new_label as detail,
from fct_event as event
inner join fct_case as document
    on document.instance = event.instance
    and document.record_model = event.record_model
    and document.record_id = event.record_id
where event.recorded_by = 'tracking'
    and event.field in ('state', 'reservation_state', 'quality_state', 'request_status')
    and event.new_label is not null
    and event.new_value is null
