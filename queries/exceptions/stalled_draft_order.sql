/*
title = "Stalled draft"
definition = "A production order that is still a draft, with what is known to keep it from its release; a purchase order that is still a request for quotation, sent or not, and does not wait for an approval. Overdue once that takes longer than it may (sla)."
severity = "medium"
sla = "3 d"
owner = "Production planner"
fallback = "Head of production planning"
remedy = "confirm the order or cancel it"
*/
select
    production.instance,
    production.record_model,
    production.record_id,
    production.name,
    production.plant,
    production.created_at as since_at,
    production.responsible,
    coalesce(
        string_agg(blocker.blocker || ': ' || blocker.detail, '; ' order by blocker.blocker), 'nothing known keeps it waiting'
    ) as detail,
    null::double as amount,
    null::varchar as currency,
from fct_production_order as production
left join fct_release_blocker as blocker
    on blocker.instance = production.instance and blocker.record_id = production.record_id and blocker.left_at is null
where production.is_draft
group by
    production.instance,
    production.record_model,
    production.record_id,
    production.name,
    production.plant,
    production.created_at,
    production.responsible

union all

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
