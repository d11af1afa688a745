/*
title = "State labels are understood"
definition = "Every tracked state label matches a selection value in an installed language."
severity = "warn"
owner = "Operator"
remedy = "a label was renamed or a language removed: the data health page lists the labels"
*/
select
    instance,
    record_model,
    record_id,
    name,
    plant,
    field || ' ' || new_label as detail,
from fct_event
where recorded_by = 'tracking'
    and field in ('state', 'reservation_state', 'quality_state', 'request_status')
    and new_label is not null
    and new_value is null
