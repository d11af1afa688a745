/*
title = "Release blockers"
definition = "What keeps production orders that have not begun from beginning: material that is not reserved after the release; routing, where an order has no work orders although others of its product have; capacity, where the planned start has passed with the material there and the first work center was taken or closed then; approval, where a purchase that supplies or names the order, or the order itself, waits for one. An order held up by two of them counts twice. Orders that nothing known blocks, and back-orders, are left out."
unit = "count"
direction = "lower"
owner = "Head of production planning"
measure = "stock"
statistic = "count"
clocks = ["elapsed"]
dimensions = ["plant", "company", "product", "product_family", "responsible", "blocker"]
audience = ["executive", "plant manager"]
*/
select *
from fct_release_blocker
