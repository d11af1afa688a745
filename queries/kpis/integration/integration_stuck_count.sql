/*
title = "Stuck transactions"
definition = "How many transactions are stuck: tried again after a failure and not through, or running, waiting or not beginning for more than an hour and ten times as long as runs of the interface usually take."
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
    stuck_by,
    error_code,
    error_text,
    created_at,
    stuck_at as entered_at,
    if(is_open, null, ended_at) as left_at,
from fct_integration_transaction
where stuck_at is not null
