/*
title = "Failed attempts"
definition = "Failed attempts divided by all attempts of the transactions that came to an outcome, retries and requeueings included; counted on the day of the first failure, or else of the success. Of the lives of a job before it was requeued at least one attempt each is known. Transactions whose source does not tell its attempts are left out."
unit = "share"
direction = "lower"
owner = "Head of IT"
measure = "ratio"
statistic = "ratio"
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
    coalesce(if(has_failed, first_failed_at, null), ended_at) as at,
    failed_attempts as numerator,
    attempts as denominator,
from fct_integration_transaction
where (has_failed or status = 'success') and attempts > 0
