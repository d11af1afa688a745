/*
title = "Overdue approvals"
definition = "How many approval steps wait for a decision longer than the exception Approval waiting allows (3 days of elapsed time unless ops.toml says otherwise, also by plant). A step that waits for an earlier one does not count yet."
unit = "count"
direction = "lower"
target = 0
measure = "stock"
statistic = "count"
owner = "Head of purchasing"
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
    pending_at,
    due_at as entered_at,
    closed_at as left_at,
from fct_approval
where due_at is not null
    and (outcome = 'open' or closed_at > due_at)
