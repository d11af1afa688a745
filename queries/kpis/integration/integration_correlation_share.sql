/*
title = "Transactions with a correlation id"
definition = "How many transactions carry an id by which their path through all systems can be followed. Scheduled actions of Odoo, which no document causes, are left out. Counted on the day they were accepted."
unit = "share"
direction = "higher"
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
    status,
    correlation_id,
    coalesce(created_at, started_at, ended_at) as at,
    correlation_id is not null as is_good,
from fct_integration_transaction
where source <> 'cron' and status <> 'unknown'
