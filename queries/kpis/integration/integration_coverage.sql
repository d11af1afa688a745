/*
title = "Integration coverage"
definition = "Of the transactions that are known to have been started, of how many the outcome or the present state is known. Runs of which a source tells no more than that they were there (not saved, or cleared away before they were read) are the rest. Counted on the day they were accepted, or else first missed."
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
    native_status,
    error_text as reason,
    coalesce(created_at, started_at, ended_at, first_seen_at) as at,
    status <> 'unknown' as is_good,
from fct_integration_transaction
