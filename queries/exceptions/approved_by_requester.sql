/*
title = "Approved by who asked"
definition = "An approval that the same user asked for and granted, in the last 90 days (its limit); of cancelled and deleted documents nobody needs to hear."
severity = "high"
about = "duties"
sla = "5 d"
limit = "90 d"
owner = "Internal control"
fallback = "Head of finance"
remedy = "have somebody else look the document over, and give one of the two rights to another person"
needs = ["purchase_order or tier_review or approval_request or studio_approval_request"]
*/
select
    instance,
    record_model,
    record_id,
    name,
    plant,
    max(closed_at) as since_at,
    arg_max(approver, closed_at) as responsible,
    arg_max(step_name, closed_at) || ': asked for and approved by the same user' as detail,
    any_value(amount) as amount,
    any_value(currency) as currency,
from fct_approval
where outcome = 'approved'
    and requester_id = approver_id
    and closed_at >= date_trunc('day', $as_of) - to_seconds(limit_of('approved_by_requester', plant))
    and (instance, record_model, record_id) not in (
        select (instance, record_model, record_id) from dim_document where state in ('cancel', 'deleted')
    )
group by instance, record_model, record_id, name, plant
