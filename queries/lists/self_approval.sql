/*
title = "Approvals without a second pair of eyes"
definition = "The newest approvals that the same user asked for, or of a document that they had made, though somebody else asked; cancelled and deleted documents are left out."
*/
select
    approval.instance,
    approval.record_model,
    approval.record_id,
    approval.name,
    approval.plant,
    approval.product,
    approval.closed_at as intervened_at,
    approval.approver as intervened_by,
    null::varchar as confidence,
    approval.step_name as detail,
    odoo_url(odoo_instance.url, odoo_instance.version, approval.record_model, approval.record_id) as record_url,
from fct_approval as approval
inner join dim_document as document
    on document.instance = approval.instance
    and document.record_model = approval.record_model
    and document.record_id = approval.record_id
left join odoo_instance on odoo_instance.instance = approval.instance
where approval.outcome = 'approved'
    and document.state not in ('cancel', 'deleted')
    and if(
        $kind = 'approved by who asked', approval.requester_id = approval.approver_id,
        document.created_by_id = approval.approver_id and approval.approver_id is distinct from approval.requester_id
    )
    and (len($plants::varchar[]) = 0 or list_contains($plants::varchar[], approval.plant))
order by approval.closed_at desc, approval.record_model, approval.record_id
limit $most
