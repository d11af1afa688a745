/*
title = "Every open approval has a request"
definition = "A purchase order that is to be approved has a tracked change into that state."
severity = "warn"
owner = "Operator"
remedy = "these orders are missing from approval age: find what writes them without tracking"
*/
select
    document.instance,
    document.record_model,
    document.record_id,
    document.name,
    document.plant,
from dim_document as document
left join fct_approval as approval
    on approval.instance = document.instance
    and approval.record_model = document.record_model
    and approval.record_id = document.record_id
    and approval.mechanism = 'double validation'
    and approval.outcome = 'open'
where document.record_model = 'purchase.order'
    and document.state = 'to approve'
    and approval.approval_id is null
