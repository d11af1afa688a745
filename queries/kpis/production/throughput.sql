/*
title = "Throughput"
definition = "Production orders completed, on the day they were done; a back-order counts as an order of its own. Orders done at a time that was not recorded are left out. The rows tell the pieces."
unit = "count"
direction = "higher"
owner = "Head of production"
measure = "sum"
statistic = "total"
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
    is_backorder,
    done_at as at,
    1 as amount,
from fct_production_order
where done_at is not null
