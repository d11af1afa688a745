/*
title = "Failed at first try"
definition = "Of the transactions that came to an outcome, how many did not succeed at their first attempt. Those whose source does not tell its attempts, such as an n8n workflow whose nodes try again by themselves, are counted beside the number. Counted on the day of the first failure, or else of the success."
unit = "share"
direction = "lower"
coverage = "attempts known"
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
    attempts,
    failed_attempts,
    error_code,
    error_text,
    coalesce(if(has_failed, first_failed_at, null), ended_at) as at,
    has_failed or attempts > 1 as is_bad,
    attempts is not null as is_measured,
from fct_integration_transaction
where has_failed or status = 'success'
