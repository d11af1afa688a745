/*
title = "Transactions within their latency"
definition = "Of the transactions of interfaces with a latency objective (ops.toml), how many succeeded within it, from being accepted on. One that fell due without success is late, even if it succeeds later. Counted on the day it fell due. Transactions that were cancelled, or of which no outcome is known, are left out."
unit = "share"
direction = "higher"
target = 0.95
owner = "Head of IT"
measure = "share"
statistic = "rate"
clocks = ["elapsed"]
dimensions = ["plant", "company", "interface", "source", "flow_name", "failure_class"]
audience = ["operator"]
*/
select
    run.instance,
    run.record_model,
    run.record_id,
    run.flow_name as name,
    run.plant,
    run.company,
    run.interface,
    run.source,
    run.flow_name,
    run.failure_class,
    run.transaction_key as event_key,
    run.status,
    run.attempts,
    run.error_code,
    run.error_text,
    run.created_at,
    run.succeeded_at,
    interface.latency_seconds,
    run.created_at + to_microseconds((interface.latency_seconds * 1e6)::bigint) as due_at,
    case when run.succeeded_at <= due_at then true when due_at < $as_of then false end as is_good,
from fct_integration_transaction as run
inner join dim_interface as interface
    on interface.interface_key = run.interface_key and interface.latency_seconds is not null
where run.created_at is not null
    and (run.is_end_known or run.status = 'failed' or run.is_open)
