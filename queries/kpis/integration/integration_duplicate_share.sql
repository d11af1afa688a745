/*
title = "Transactions processed twice"
definition = "Of the transactions that succeeded, how many had been processed before: the same flow had succeeded under the same correlation id. Those without a correlation id are counted beside the number, and scheduled actions of Odoo are left out. Counted on the day of the success."
unit = "share"
direction = "lower"
target = 0
coverage = "correlation ids known"
owner = "Head of IT"
measure = "share"
statistic = "rate"
clocks = ["elapsed"]
dimensions = ["plant", "company", "interface", "source", "flow_name", "failure_class"]
audience = ["operator"]
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
    correlation_id,
    created_at,
    ended_at as at,
    lag(ended_at) over twice as processed_at,
    processed_at is not null and correlation_id is not null as is_bad,
    correlation_id is not null as is_measured,
from fct_integration_transaction
where source <> 'cron' and status = 'success' and ended_at is not null
window twice as (
    partition by source, instance, flow_key, correlation_id order by ended_at, transaction_key
)
