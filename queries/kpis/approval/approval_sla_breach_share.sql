/*
title = "Approvals past their limit"
definition = "Of the approval steps that fell due, how many were decided late or are still open: each is due when its turn came so long ago as the exception Approval waiting allows (3 days of elapsed time unless ops.toml says otherwise, also by plant). A rejection is a decision. Steps that were cancelled, withdrawn or overtaken by another decision are left out, and so are those whose turn never came."
unit = "share"
direction = "lower"
target = 0.1
objective = 0.9
owner = "Head of purchasing"
measure = "share"
statistic = "rate"
clocks = ["elapsed"]
dimensions = ["plant", "company", "product", "product_family", "vendor", "responsible", "mechanism", "risk_class", "step_name"]
audience = ["executive", "plant manager"]
*/
select
    instance,
    record_model,
    record_id,
    name,
    plant,
    company,
    product,
    product_family,
    vendor,
    responsible,
    mechanism,
    risk_class,
    step,
    step_name,
    outcome,
    pending_at,
    due_at,
    closed_at,
    coalesce(closed_at, $as_of) > due_at as is_bad,
from fct_approval
where due_at <= $as_of
    and (outcome = 'open' or (outcome in ('approved', 'rejected', 'forwarded') and closed_at is not null))
