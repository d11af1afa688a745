/*
title = "Approval age"
definition = "How long the approval steps that are open wait already: the age that 85 % of them do not exceed. A step that waits for an earlier one has no age yet."
unit = "duration"
direction = "lower"
target = "3 d"
measure = "stock"
statistic = "p85"
owner = "Head of purchasing"
clocks = ["elapsed", "working"]
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
