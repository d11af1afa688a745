/*
title = "Timeline of a record"
definition = "Everything that happened to one document, in order, with the time since the event before: its own events, what other documents tell about it, and the runs of integrations for it."
*/
with
happened as (
    select
        event_id::varchar as event_id,
        event_at,
        rank,
        activity,
        field,
        coalesce(old_label, old_text, old_value) as old_value,
        coalesce(new_label, new_text, new_value) as new_value,
        told_by_model,
        told_by_id,
        actor,
        actor_kind,
        actor_confidence,
        actor_rule,
        time_quality,
        recorded_by,
    from fct_event
    where instance = $instance and record_model = $record_model and record_id = $record_id
    union all by name
    select
        run.event_key || ':' || step.name as event_id,
        if(step.name = 'begun', run.started_at, run.ended_at) as event_at,
        if(step.name = 'begun', 97, 98) as rank,
        run.flow_name || if(step.name = 'begun', ' begun', ': ' || run.status) as activity,
        'integration' as actor_kind,
        'B' as actor_confidence,
        'a run of an integration for this document' as actor_rule,
        if(step.name = 'begun', 'exact', run.ended_quality) as time_quality,
        run.source as recorded_by,
    from fct_integration_record as concerned
    inner join fct_integration_event as run on run.event_key = concerned.event_key
    cross join (values ('begun'), ('ended')) as step (name)
    where concerned.instance = $instance
        and concerned.odoo_model = $record_model
        and concerned.odoo_res_id = $record_id
        and if(step.name = 'begun', run.started_at, run.ended_at) is not null
)

select
    event_id,
    event_at,
    activity,
    field,
    old_value,
    new_value,
    told_by_model,
    told_by_id,
    actor,
    actor_kind,
    actor_confidence,
    actor_rule,
    time_quality,
    recorded_by,
    epoch(event_at - lag(event_at) over (order by event_at, rank, event_id)) as gap_seconds,
from happened
order by event_at, rank, event_id
