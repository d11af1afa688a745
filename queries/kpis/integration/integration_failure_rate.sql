/*
title = "Integration failure rate"
definition = "Of the transactions that came to an outcome, how many failed at least once: background jobs (OCA queue_job) and runs of scheduled actions. Requeueing a failed job, or setting it to done by hand, does not take its failure away. Counted on the day of the first failure, or else of the success; jobs that were cancelled or done by hand without ever failing, and those that still wait, are left out. A scheduled action's failures are seen as far as they were the latest runs before a refresh."
target = 0.02
unit = "share"
direction = "lower"
headline = 5
told = "has {value} of its integration transactions fail at first"
objective = 0.98
owner = "Head of IT"
measure = "share"
statistic = "rate"
clocks = ["elapsed"]
dimensions = ["plant", "company", "interface", "source", "flow_name", "failure_class"]
audience = ["executive", "operator"]
*/
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
    resolved_by,
    attempts,
    failed_attempts,
    error_code,
    error_text,
    created_at,
    ended_at,
    coalesce(if(has_failed, first_failed_at, null), ended_at) as at,
    has_failed as is_bad,
from fct_integration_transaction
where has_failed or status = 'success'
