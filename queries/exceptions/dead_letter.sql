/*
title = "Transaction given up"
definition = "A run of an integration that failed and that nothing tries again by itself: a failed background job, a failed n8n run without a later success. What it was to do in the other system has not happened, or only in part."
severity = "high"
sla = "1 d"
owner = "Operator"
fallback = "Head of IT"
remedy = "mend the cause and requeue it, or do by hand what it was to do and set it to done"
needs = ["queue_job or ir_cron or mail_mail or sms_sms or n8n_execution or inbox_event or edi_exchange_record or account_edi_document or fetchmail_server"]
*/
select
    instance,
    record_model,
    record_id,
    interface as name,
    plant,
    dead_at as since_at,
    concat_ws(
        ', ',
        'for ' || odoo_model || coalesce(' ' || odoo_res_id, ''),
        coalesce(error_code, failure_class, 'failed'),
        attempts || if(attempts = 1, ' attempt', ' attempts'),
        if(side_effects, 'half of it may have happened', null)
    ) as detail,
from fct_integration_transaction
where is_dead_letter
