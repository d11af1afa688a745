/*
title = "Approval steps of half a year"
definition = "Approval steps whose turn came in the last 26 weeks and that were decided or are open: what was asked in the currency of the group at the rate of the day, when (also by the weekday and hour of the plant), the limit, and what became of it. Steps that were cancelled, withdrawn or overtaken are left out."
*/
select
    hash(approval.instance, approval.record_model, approval.record_id) as document,
    approval.plant,
    approval.product,
    approval.responsible,
    approval.step_name,
    approval.approver,
    approval.outcome,
    approval.amount * exchange.rate as amount,
    exchange.reporting_currency as currency,
    epoch(coalesce(approval.closed_at, $as_of) - approval.pending_at) as seconds,
    epoch(approval.due_at - approval.pending_at) as limit_seconds,
    isodow(timezone(coalesce(dim_plant.timezone, 'UTC'), timezone('UTC', approval.pending_at)))::integer as weekday,
    hour(timezone(coalesce(dim_plant.timezone, 'UTC'), timezone('UTC', approval.pending_at)))::integer as hour,
from fct_approval as approval
left join dim_plant
    on dim_plant.instance = approval.instance and dim_plant.plant = approval.plant
left join dim_exchange_rate as exchange
    on exchange.instance = approval.instance
    and exchange.currency = approval.currency
    and exchange.valid_from <= approval.pending_at::date
    and coalesce(approval.pending_at::date < exchange.valid_to, true)
where approval.outcome in ('approved', 'rejected', 'open')
    and approval.pending_at >= $as_of - interval 182 day
