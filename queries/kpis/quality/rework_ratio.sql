/*
title = "Rework ratio"
definition = "Of the production orders that are done, how many had to be reworked: something of them was taken apart again (unbuild order), or an inspection of the order failed and passed later. By the day on which the order was done. Repairs of Odoo's repair app, and rework that nobody recorded, are left out."
unit = "share"
direction = "lower"
target = 0.02
objective = 0.95
owner = "Head of quality"
measure = "share"
statistic = "rate"
clocks = ["elapsed"]
dimensions = ["plant", "company", "product", "product_family", "responsible"]
audience = ["plant manager"]
*/
select
    * exclude (is_reworked, first_pass_quantity),
    done_at as at,
    is_reworked as is_bad,
from fct_production_quality
