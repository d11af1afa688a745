/*
title = "Approvals within seconds"
definition = "Of the approval steps that people approved, how many within seconds of being asked for (10 s unless [approval] in ops.toml says otherwise): too fast to have looked. When a step's turn came must be known. Rejections, and decisions by machines, are left out."
unit = "share"
direction = "lower"
owner = "Head of purchasing"
measure = "share"
statistic = "rate"
clocks = ["elapsed"]
dimensions = ["plant", "company", "product_family", "workflow", "mechanism", "step_name", "risk_class", "vendor", "responsible"]
audience = ["executive", "plant manager"]
*/
select
    approval.instance,
    approval.record_model,
    approval.record_id,
    approval.name,
    approval.plant,
    approval.company,
    approval.product_family,
    approval.workflow,
    approval.vendor,
    approval.responsible,
    approval.mechanism,
    approval.step_name,
    approval.risk_class,
    approval.amount,
    approval.currency,
    approval.pending_at,
    approval.pending_quality,
    approval.closed_at as at,
    epoch(approval.closed_at - approval.pending_at) as decision_seconds,
    approval.closed_at - approval.pending_at <= to_microseconds((limits.quick_seconds * 1e6)::bigint) as is_bad,
from fct_approval as approval
cross join cfg_approval as limits
where approval.outcome = 'approved' and approval.pending_at is not null
    and coalesce(approval.approver_kind, 'human') in ('human', 'external')
