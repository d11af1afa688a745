/*
title = "Re-plan churn"
definition = "How often an order's planned start or finish was moved after its release, per production order begun (or done without a recorded start). Back-orders and cancelled orders are left out. An order counts only if a plan was known to hold at its release: from the audit log, or seen by a refresh within 26 hours; without an audit log, several moves between two refreshes look like one."
unit = "count"
direction = "lower"
owner = "Head of production planning"
measure = "ratio"
statistic = "ratio"
clocks = ["elapsed"]
dimensions = ["plant", "company", "product", "product_family", "responsible"]
audience = ["executive", "plant manager"]
coverage = "plan known"
*/
select
    * exclude (milestone, due_at),
    actual_at as at,
    replan_count as numerator,
    1 as denominator,
from fct_schedule
where milestone = 'start' and actual_at is not null
