/*
title = "Events of a part"
definition = "The activities of the cases of one workflow and plant that began in a span of time, case by case, in their order, with what is known of the case. Changes of other fields are no activities."
*/
select
    event.instance || ':' || event.record_model || ':' || event.record_id as case_id,
    event.event_id::varchar as event_id,
    event.activity,
    strftime(event.event_at, '%Y-%m-%dT%H:%M:%S.%f+00:00') as event_at,
    event.actor,
    event.actor_kind,
    event.time_quality,
    event.recorded_by,
    document.name,
    document.workflow,
    document.plant,
    document.company,
    document.product,
    document.product_family,
    document.vendor,
    document.amount,
    document.currency,
    document.outcome,
from fct_event as event
inner join fct_case as document
    on document.instance = event.instance
    and document.record_model = event.record_model
    and document.record_id = event.record_id
where event.rank < 90
    and event.workflow = $part_workflow
    and event.plant is not distinct from $part_plant
    and document.workflow = $part_workflow
    and document.plant is not distinct from $part_plant
    and ($first_at is null or document.started_at >= $first_at)
    and ($before_at is null or document.started_at < $before_at)
order by event.instance, event.record_model, event.record_id, event.event_at, event.rank, event.activity, event.event_id
