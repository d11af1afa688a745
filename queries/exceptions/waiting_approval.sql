/*
title = "Approval waiting"
definition = "Every document that waits for an approval, overdue once that takes longer than it may (sla), since the first of its open steps had its turn: for whom by the tier that asks (OCA), or for any purchase manager (Odoo's double validation)."
severity = "high"
sla = "3 d"
owner = "Purchase manager"
fallback = "Plant manager"
remedy = "decide, or hand the decision over"
needs = ["purchase_order or tier_review or approval_request or studio_approval_request"]
*/
select
    instance,
    record_model,
    record_id,
    name,
    plant,
    min(pending_at) as since_at,
    coalesce(arg_min(awaited, pending_at), any_value(responsible)) as responsible,
    'waits for ' || string_agg(distinct step_name, ', ' order by step_name) as detail,
from fct_approval
where outcome = 'open' and pending_at is not null
group by instance, record_model, record_id, name, plant
