/*
title = "Labels without a key"
definition = "State labels that match no selection value in any installed language."
*/
select
    instance,
    record_model as model,
    field,
    new_label as label,
    count(*) as n,
from fct_event
where recorded_by = 'tracking'
    and field in ('state', 'reservation_state', 'quality_state', 'request_status')
    and new_label is not null
    and new_value is null
group by instance, record_model, field, new_label
order by n desc
