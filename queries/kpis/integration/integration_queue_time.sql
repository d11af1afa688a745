/*
title = "Integration queue time"
definition = "How long a transaction waits until it begins, from when it was accepted and due: 95 of 100 wait no longer. One that has not begun counts with its age; one that was cancelled before is left out, and so is what runs by a schedule, or whose source does not tell when it was accepted or begun."
unit = "duration"
direction = "lower"
owner = "Head of IT"
measure = "duration"
statistic = "p95"
clocks = ["elapsed"]
dimensions = ["plant", "company", "interface", "source", "flow_name", "failure_class"]
audience = ["operator"]
*/
with
run as (
    select
        instance,
        record_model,
        record_id,
        flow_name as name,
        plant,
        company,
        interface,
        source,
        flow_name,
        failure_class,
        transaction_key as event_key,
        status,
        attempts,
        error_code,
        error_text,
        ready_at as started_at,
        started_at as ended_at,
    from fct_integration_transaction
    where trigger is distinct from 'schedule'
        and ready_at is not null
        and (started_at is not null or (is_open and ready_at < $as_of))
)

select
    *,
    epoch(greatest(coalesce(ended_at, $as_of), started_at) - started_at) as elapsed_seconds,
    null::double as working_seconds,
from run
