/*
title = "Approvals that wait"
definition = "Approval steps whose turn has come and that nobody has decided, those longest past their limit first: whom they wait for, how long against the limit and against what is usual in the plant (1.0 is slower than 85 %), and what waits for the document."
*/
select
    approval.instance,
    approval.record_model,
    approval.record_id,
    approval.name,
    approval.plant,
    approval.workflow,
    approval.mechanism,
    approval.step_name,
    approval.awaited,
    approval.requester,
    approval.responsible,
    approval.vendor,
    approval.product,
    approval.risk_class,
    approval.amount,
    approval.currency,
    approval.amount * exchange.rate as reporting_amount,
    exchange.reporting_currency,
    approval.pending_at,
    approval.pending_quality,
    approval.due_at,
    epoch($as_of - approval.pending_at) as age_seconds,
    epoch(approval.due_at - approval.pending_at) as limit_seconds,
    approval.due_at <= $as_of as is_late,
    standstill.usual_seconds,
    epoch($as_of - approval.pending_at) / nullif(standstill.usual_seconds, 0) as age_ratio,
    standstill.due_soon_count,
    standstill.due_soon_amount,
    standstill.at_risk_amount,
    standstill.held_up_currency,
    odoo_url(odoo_instance.url, odoo_instance.version, approval.record_model, approval.record_id) as record_url,
from fct_approval as approval
left join fct_standstill as standstill
    on standstill.kind = 'approval'
    and standstill.instance = approval.instance
    and standstill.record_model = approval.record_model
    and standstill.record_id = approval.record_id
left join dim_exchange_rate as exchange
    on exchange.instance = approval.instance
    and exchange.currency = approval.currency
    and exchange.valid_from <= $as_of::date
    and coalesce($as_of::date < exchange.valid_to, true)
left join odoo_instance on odoo_instance.instance = approval.instance
where approval.outcome = 'open' and approval.pending_at is not null
order by approval.due_at nulls last, approval.pending_at, approval.name
