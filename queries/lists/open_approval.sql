/*
title = "Approvals waiting"
definition = "Approval steps that wait for a decision, the oldest first."
*/
select
    instance,
    record_model,
    record_id,
    name,
    plant,
    vendor,
    responsible,
    requester,
    mechanism,
    step_name as step,
    pending_at as entered_at,
    epoch($as_of - pending_at) as age_seconds,
    amount,
    currency,
    odoo_url(url, version, record_model, record_id) as record_url,
from fct_approval
left join odoo_instance using (instance)
where outcome = 'open' and pending_at is not null
order by pending_at
