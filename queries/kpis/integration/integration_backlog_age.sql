/*
title = "Age of the integration backlog"
definition = "For how long the transactions have been waiting that wait for their outcome: nine of ten for no longer. Accepted and due, and neither through nor failed."
unit = "duration"
direction = "lower"
owner = "Head of IT"
measure = "stock"
statistic = "p90"
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
