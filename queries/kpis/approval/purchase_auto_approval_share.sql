/*
title = "Purchases ordered without approval"
definition = "Of the purchase orders that were ordered, how many without anybody having been asked for approval: below the limit, matching no tier, or ordered by somebody who may approve. Counted when they were first ordered; ordered_by tells people from machines."
unit = "share"
direction = "none"
owner = "Head of purchasing"
measure = "share"
statistic = "rate"
clocks = ["elapsed"]
dimensions = ["plant", "company", "product_family", "vendor", "responsible", "ordered_by"]
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
    amount,
    currency,
    ordered_by,
    ordered_at as at,
    not is_approval_asked as is_good,
from fct_purchase_order
where ordered_at is not null
