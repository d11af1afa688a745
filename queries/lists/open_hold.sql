/*
title = "Goods held"
definition = "Goods that are held for quality now, what puts most at risk first: why, of which vendor, how much and what it is worth, how old against the time within which 85 % of the holds of the plant ended and against the limit of the plant, and which orders due soon wait for it, by the rule of the unblock list."
*/
select
    hold.instance,
    hold.hold_id,
    hold.record_model,
    hold.record_id,
    hold.name,
    hold.plant,
    hold.source,
    hold.location,
    hold.product,
    hold.lot,
    hold.vendor,
    hold.responsible,
    hold.has_failed,
    hold.quantity,
    hold.value,
    hold.currency,
    hold.held_at,
    epoch($as_of - hold.held_at) as age_seconds,
    limit_of('hold_past_limit', hold.plant) as limit_seconds,
    standstill.usual_case_count,
    standstill.usual_seconds,
    epoch($as_of - hold.held_at) / standstill.usual_seconds as age_ratio,
    coalesce(standstill.waiting_count, 0) as waiting_count,
    coalesce(standstill.due_soon_count, 0) as due_soon_count,
    standstill.held_up_currency,
    standstill.at_risk_amount,
    standstill.timeline_model,
    standstill.timeline_id,
    odoo_url(odoo_instance.url, odoo_instance.version, hold.record_model, hold.record_id) as record_url,
from fct_hold as hold
left join fct_standstill as standstill
    on standstill.kind = 'hold'
    and standstill.instance = hold.instance
    and standstill.record_model = hold.record_model
    and standstill.record_id = hold.record_id
left join odoo_instance on odoo_instance.instance = hold.instance
where hold.outcome = 'open'
order by standstill.at_risk_amount desc nulls last, age_ratio desc nulls last, hold.held_at, hold.hold_id
