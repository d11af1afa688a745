/*
title = "Scrap ratio"
definition = "Pieces of manufactured products that were scrapped, over the pieces that production orders made in the same period: scrap by the day it was thrown away, production by the day the order was done. Scrap counts wherever it was found, also in stock. Scrapped components are left out: see Scrapped quantity."
unit = "share"
direction = "lower"
target = 0.01
owner = "Head of quality"
measure = "ratio"
statistic = "ratio"
clocks = ["elapsed"]
dimensions = ["plant", "company", "product", "product_family"]
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
    null as reason,
    done_at as at,
    0.0 as numerator,
    quantity as denominator,
from fct_production_quality
union all
select
    instance,
    record_model,
    record_id,
    name,
    plant,
    company,
    product,
    product_family,
    reason,
    scrapped_at as at,
    quantity as numerator,
    0.0 as denominator,
from fct_scrap
where kind = 'manufactured'
