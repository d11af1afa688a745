/*
title = "Completion adherence"
definition = "Of the production orders due to be finished, how many were no later than the plan frozen at their release, plus the tolerance set in ops.toml (8 hours unless set). Open orders count as late once they are due. Back-orders and cancelled orders are left out. An order counts only if a plan was known to hold at its release: from the audit log, or seen by a refresh within 26 hours."
target = 0.9
unit = "share"
direction = "higher"
objective = 0.9
owner = "Head of production planning"
measure = "share"
statistic = "rate"
clocks = ["elapsed"]
dimensions = ["plant", "company", "product", "product_family", "responsible"]
audience = ["executive", "plant manager"]
coverage = "plan known"
*/
select
    * exclude (milestone),
    coalesce(actual_at <= due_at, false) as is_good,
    epoch(coalesce(actual_at, $as_of) - planned_at) as late_seconds,
from fct_schedule
where milestone = 'completion' and due_at <= $as_of
