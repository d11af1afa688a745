/*
title = "Preventive compliance"
definition = "Of the preventive maintenance requests scheduled for a day that is over, how many were done by the end of that day in the plant's own time. The day is the one that stands in the request: Odoo does not track when it is moved. Requests without a scheduled date, and those that were cancelled (archived) or deleted, are left out."
unit = "share"
direction = "higher"
target = 0.9
objective = 0.9
owner = "Head of maintenance"
measure = "share"
statistic = "rate"
clocks = ["elapsed"]
dimensions = ["plant", "company", "team", "equipment", "responsible"]
audience = ["executive", "plant manager"]
*/
select
    * exclude (maintenance_type),
    coalesce(done_at <= due_at, false) as is_good,
from fct_maintenance_request
where maintenance_type = 'preventive'
    and status in ('open', 'done')
    and due_at <= $as_of
