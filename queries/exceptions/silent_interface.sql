/*
title = "Interface silent"
definition = "An interface that has not run for longer than ops.toml expects, or, where that says nothing, for longer than its own history makes likely: the record is its last run."
severity = "high"
sla = "4 h"
owner = "Operator"
fallback = "Head of IT"
remedy = "look whether what starts it still does: the schedule, the trigger, the other system, the key it signs in with"
needs = ["queue_job or ir_cron or mail_mail or sms_sms or n8n_execution or inbox_event or edi_exchange_record or account_edi_document or fetchmail_server"]
*/
select
    instance,
    record_model,
    last_record_id as record_id,
    interface as name,
    plant,
    last_run_at as since_at,
    reason as detail,
from fct_interface_health
where state = 'silent'
