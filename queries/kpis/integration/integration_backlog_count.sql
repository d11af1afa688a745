/*
title = "Integration backlog"
definition = "How many transactions wait for their outcome: accepted and due, and neither through nor failed. What failed and has not run again since is a dead letter; what was put off to a later time is not due yet."
unit = "count"
direction = "lower"
owner = "Head of IT"
measure = "stock"
statistic = "count"
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
    attempts,
    error_code,
    error_text,
    created_at,
    waits_from_at as entered_at,
    waits_until_at as left_at,
from fct_integration_transaction
where has_waited
