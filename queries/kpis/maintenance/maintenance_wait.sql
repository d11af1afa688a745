/*
title = "Maintenance waits"
definition = "How long maintenance requests are marked as blocked, each span of its own, whatever the reason: spare parts are among them and cannot be told apart. Odoo Community links no request to a part, so that a part, a permit and a machine that cannot be stopped all look the same. A change of stage ends the mark. Spans that ended with the cancellation of the request are left out."
unit = "duration"
direction = "lower"
target = "2 d"
owner = "Head of maintenance"
measure = "duration"
statistic = "p50"
clocks = ["elapsed", "working"]
dimensions = ["plant", "company", "maintenance_type", "team", "equipment", "responsible"]
audience = ["plant manager"]
*/
with
wait as (
    select *
    from fct_maintenance_wait
    where outcome <> 'end not recorded'
)

select *
from with_clocks('wait', 'dim_calendar', $as_of)
