/*
title = "Dead letters"
definition = "How many transactions failed and are tried again by nobody unless somebody does it: from the failure until they succeed, are cancelled or set to done by hand, were seen waiting to run again, or, of a schedule, a later run succeeded."
unit = "count"
direction = "lower"
owner = "Head of IT"
measure = "stock"
statistic = "count"
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
    attempts,
    resolved_by,
    error_code,
    error_text,
    created_at,
    dead_at as entered_at,
    dead_until as left_at,
from fct_integration_transaction
where dead_at is not null
