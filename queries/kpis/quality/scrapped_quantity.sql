/*
title = "Scrapped quantity"
definition = "What was scrapped, in the unit of each product, by the day it was thrown away: manufactured products and bought components alike. Reasons come from Odoo 18 on. Draft scrap orders are left out. Compare products of one unit only."
unit = "count"
direction = "lower"
owner = "Head of quality"
measure = "sum"
statistic = "total"
clocks = ["elapsed"]
dimensions = ["plant", "company", "product", "product_family", "kind", "reason"]
audience = ["plant manager"]
*/
select
    * exclude (quantity),
    scrapped_at as at,
    quantity as amount,
from fct_scrap
