/*
title = "Transactions that never succeeded"
definition = "Of the transactions that ended, how many ended without success: failed and left so, or failed and then cancelled or set to done by hand. Counted on the day of the end; a job that is requeued is open again. Background jobs (OCA queue_job) and runs of scheduled actions."
target = 0.005
unit = "share"
direction = "lower"
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
    ended_at as at,
    status <> 'success' as is_bad,
from fct_integration_transaction
where status in ('success', 'failed') or (has_failed and status = 'cancelled')
