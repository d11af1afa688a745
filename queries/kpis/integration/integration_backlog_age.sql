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
    coalesce(ready_at, started_at) as entered_at,
    case when is_open then null when has_failed then first_failed_at else ended_at end as left_at,
from fct_integration_transaction
where is_open or (status <> 'unknown' and ended_at is not null)
