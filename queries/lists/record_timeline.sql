/*
title = "Timeline of a record"
definition = "Everything that happened to one document, in order, with the time since the event before."
*/
select
    event_id,
    event_at,
    activity,
    field,
    coalesce(old_label, old_text, old_value) as old_value,
    coalesce(new_label, new_text, new_value) as new_value,
    actor,
    actor_kind,
    actor_confidence,
    actor_rule,
    time_quality,
    recorded_by,
    epoch(event_at - lag(event_at) over (order by event_at, rank, event_id)) as gap_seconds,
from fct_event
where instance = $instance and record_model = $record_model and record_id = $record_id
order by event_at, rank, event_id
