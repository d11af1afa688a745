/*
title = "Stalled request for quotation"
definition = "A purchase order that is still a request for quotation, sent to its vendor or not, and does not wait for an approval; overdue once that takes longer than it may (sla)."
severity = "medium"
sla = "3 d"
owner = "Buyer"
fallback = "Head of purchasing"
remedy = "order the goods, or cancel the request"
needs = ["purchase_order"]
*/
select
    purchase.instance,
    purchase.record_model,
    purchase.record_id,
    purchase.name,
    purchase.plant,
    purchase.created_at as since_at,
    purchase.responsible,
    if(purchase.state = 'sent', 'sent to ', 'not sent to ') || coalesce(purchase.vendor, 'the vendor') as detail,
    purchase.amount,
    purchase.currency,
from fct_purchase_order as purchase
where purchase.state in ('draft', 'sent')
    and not exists (
        select 1 from fct_approval as approval
        where approval.instance = purchase.instance
            and approval.record_model = purchase.record_model
            and approval.record_id = purchase.record_id
            and approval.outcome = 'open'
    )
