/*
title = "Back-orders"
definition = "Of the transfers that were done, by the day they were, how many left a back-order: goods that were to move and did not. Receipts, deliveries and transfers count alike (kind); a back-order that is split again counts as well. Cancelled transfers are left out."
unit = "share"
direction = "lower"
target = 0.1
owner = "Warehouse manager"
measure = "share"
statistic = "rate"
clocks = ["elapsed"]
dimensions = ["plant", "company", "kind", "product", "product_family", "partner", "responsible"]
audience = ["executive", "plant manager"]
*/
select
    instance,
    record_model,
    record_id,
    name,
    plant,
    company,
    kind,
    product,
    product_family,
    partner,
    responsible,
    origin,
    created_at,
    done_at as at,
    backorder_count > 0 as is_bad,
from fct_transfer
where done_at is not null
