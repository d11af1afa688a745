/*
title = "Open approvals"
definition = "How many approval steps wait for a decision. A step that waits for an earlier one is not counted yet."
unit = "count"
direction = "lower"
measure = "stock"
statistic = "count"
owner = "Head of purchasing"
clocks = ["elapsed"]
dimensions = ["plant", "company", "product", "product_family", "vendor", "responsible", "mechanism", "risk_class"]
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
    pending_at as entered_at,
    closed_at as left_at,
from fct_approval
where pending_at is not null
    and (closed_at is not null or outcome = 'open')
