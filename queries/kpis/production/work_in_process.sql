/*
title = "Work in process"
definition = "Production orders that are released and neither done nor cancelled, whether work has begun or not. A back-order takes the place of the order it was split from. Drafts, and orders whose release or completion was not recorded, are left out."
unit = "count"
direction = "lower"
owner = "Head of production planning"
measure = "stock"
statistic = "count"
clocks = ["elapsed"]
dimensions = ["plant", "company", "product", "product_family", "responsible"]
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
    responsible,
    quantity,
    ready_at,
    started_at,
    released_at as entered_at,
    coalesce(done_at, cancelled_at) as left_at,
from fct_production_order
where released_at is not null
    and (done_at is not null or cancelled_at is not null or state not in ('done', 'cancel', 'deleted'))
