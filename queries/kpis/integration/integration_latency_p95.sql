/*
title = "Integration latency, slow ones"
definition = "How long a transaction takes from being accepted to its success, with its waiting and all its tries: 95 of 100 take no longer. One that failed for good or is open has no end, and counts with its age. Transactions that were cancelled, or of which no outcome is known, are left out, and so is what runs by a schedule, for which nobody waits; where the source does not tell when it was accepted or ended, it is counted beside the number."
unit = "duration"
direction = "lower"
coverage = "moments known"
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
        accepted_at as started_at,
        succeeded_at as ended_at,
        is_latency_known as is_measured,
    from fct_integration_transaction
    where has_latency
)

select
    *,
    epoch(greatest(coalesce(ended_at, $as_of), started_at) - started_at) as elapsed_seconds,
    null::double as working_seconds,
from run
