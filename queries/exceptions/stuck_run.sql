/*
title = "Transaction stuck"
definition = "A run of an integration that has been tried again for longer than the limit, or that runs, waits or does not begin for more than an hour and ten times as long as runs of its interface usually take."
severity = "medium"
sla = "4 h"
limit = "1 h"
owner = "Operator"
fallback = "Head of IT"
remedy = "look whether its worker lives and the other side answers; then requeue it or end it"
needs = ["queue_job or ir_cron or mail_mail or sms_sms or n8n_execution or inbox_event or edi_exchange_record or account_edi_document or fetchmail_server"]
*/
select
    instance,
    record_model,
    record_id,
    interface as name,
    plant,
    stuck_at as since_at,
    concat_ws(
        ', ',
        stuck_by,
        attempts || coalesce(' of ' || max_attempts, '')
            || if(coalesce(max_attempts, attempts) = 1, ' attempt', ' attempts'),
        error_code
    ) as detail,
from fct_integration_transaction
where is_open
    and stuck_at is not null
    and (stuck_by <> 'tried again' or epoch($as_of - stuck_at) > limit_of('stuck_run', plant))
