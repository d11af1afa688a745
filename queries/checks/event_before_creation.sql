/*
title = "Nothing happens before its document exists"
definition = "No event lies more than a minute before the creation of its document."
severity = "warn"
owner = "Operator"
remedy = "clocks differ between servers, or messages were imported with other dates"
*/
select
    event.event_id,
from fct_event as event
inner join dim_document as document
    on document.instance = event.instance
    and document.record_model = event.record_model
    and document.record_id = event.record_id
where event.event_at < document.created_at - interval 1 minute
