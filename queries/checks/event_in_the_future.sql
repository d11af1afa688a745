/*
title = "Nothing happened in the future"
definition = "No event is dated more than an hour after the data were read."
severity = "warn"
owner = "Operator"
remedy = "a server's clock is ahead, or messages were imported with wrong dates"
*/
select
    instance,
    record_model,
    record_id,
    name,
    plant,
    activity || ' ' || strftime(event_at, '%Y-%m-%d %H:%M') as detail,
from fct_event
where event_at > (select max(read_at) from source_state) + interval 1 hour
