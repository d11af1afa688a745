/*
title = "Nothing happened in the future"
definition = "No event, and no run of an integration, is dated more than an hour after the data were read."
severity = "warn"
owner = "Operator"
remedy = "a server's clock is ahead, or messages were imported with wrong dates"
*/
select
    event.instance,
    event.record_model,
    event.record_id,
    document.name,
    event.plant,
    event.activity || ' ' || strftime(event.event_at, '%Y-%m-%d %H:%M') as detail,
from fct_event as event
inner join fct_case as document
    on document.instance = event.instance
    and document.record_model = event.record_model
    and document.record_id = event.record_id
where event.event_at > (select max(read_at) from source_state) + interval 1 hour
union all
select
    instance,
    record_model,
    record_id,
    interface as name,
    plant,
    status || ' ' || strftime(greatest(created_at, started_at, ended_at), '%Y-%m-%d %H:%M') as detail,
from fct_integration_event
where greatest(created_at, started_at, ended_at) > (select max(read_at) from source_state) + interval 1 hour
