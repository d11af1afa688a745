/*
title = "Approved by who made it"
definition = "A document that the user who created it has approved, though somebody else asked for the approval, in the last 90 days (its limit); cancelled and deleted documents are left out."
severity = "medium"
about = "duties"
sla = "5 d"
limit = "90 d"
owner = "Internal control"
fallback = "Head of finance"
remedy = "have somebody else look the document over; whoever approves should not create"
needs = ["purchase_order or tier_review or approval_request or studio_approval_request"]
*/
select
    approval.instance,
    approval.record_model,
    approval.record_id,
    approval.name,
    approval.plant,
    max(approval.closed_at) as since_at,
    arg_max(approval.approver, approval.closed_at) as responsible,
    arg_max(approval.step_name, approval.closed_at) || ': created and approved by the same user' as detail,
    any_value(approval.amount) as amount,
    any_value(approval.currency) as currency,
from fct_approval as approval
inner join dim_document as document
    on document.instance = approval.instance
    and document.record_model = approval.record_model
    and document.record_id = approval.record_id
where approval.outcome = 'approved'
    and approval.approver_id = document.created_by_id
    and approval.approver_id is distinct from approval.requester_id
    and document.state not in ('cancel', 'deleted')
    and approval.closed_at
        >= date_trunc('day', $as_of) - to_seconds(limit_of('approved_by_creator', approval.plant))
group by approval.instance, approval.record_model, approval.record_id, approval.name, approval.plant
