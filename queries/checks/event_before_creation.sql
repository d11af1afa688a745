/*
title = "Nothing happens before its document exists"
definition = "No event lies more than a minute before the creation of its document."
severity = "warn"
owner = "Operator"
remedy = "clocks differ between servers, or messages were imported with other dates"
*/
select
    instance,
    record_model,
    record_id,
    name,
    plant,
from fct_case
where first_event_at < started_at - interval 1 minute
