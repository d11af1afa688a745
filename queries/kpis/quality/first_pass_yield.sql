/*
title = "First pass yield"
definition = "Of the pieces that production orders made, how many were right the first time: all but those that failed an inspection of the order, were scrapped from it, or were taken apart again (unbuild order). Pieces that failed and were scrapped afterwards count once; an inspection that does not say how many pieces it was about counts for the whole order. By the day on which the order was done. Rework that nobody recorded, and scrapped components, are left out."
unit = "share"
direction = "higher"
target = 0.98
owner = "Head of quality"
measure = "ratio"
statistic = "ratio"
clocks = ["elapsed"]
dimensions = ["plant", "company", "product", "product_family", "responsible"]
audience = ["executive", "plant manager"]
*/
select
    * exclude (is_reworked),
    done_at as at,
    first_pass_quantity as numerator,
    quantity as denominator,
from fct_production_quality
