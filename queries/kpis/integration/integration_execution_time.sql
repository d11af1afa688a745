/*
title = "Integration execution time"
definition = "How long a transaction runs, from its first start to its success, all its tries and the waits between them included: 95 of 100 run no longer. One that still runs counts with its age. Transactions that failed for good or were cancelled, or of which no outcome is known, are left out; where the source does not tell when it ended, it is counted beside the number."
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
        started_at as started_at,
        succeeded_at as ended_at,
        is_end_known or is_open as is_measured,
    from fct_integration_transaction
    where started_at is not null and (status = 'success' or is_open)
)

select
    *,
    epoch(greatest(coalesce(ended_at, $as_of), started_at) - started_at) as elapsed_seconds,
    null::double as working_seconds,
from run
