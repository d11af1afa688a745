/*
title = "Downtime"
definition = "Time in which work centers were down: what their log counts as lost availability (breakdowns, missing material, set-up), in the working hours of the plant, or by the clock on the wall where those are not known. A span counts wholly on the day it began, one that lasts with the time so far. Lost speed and lost quality are left out."
unit = "duration"
direction = "lower"
owner = "Head of maintenance"
measure = "sum"
statistic = "total"
clocks = ["elapsed"]
dimensions = ["plant", "company", "workcenter", "reason"]
audience = ["executive", "plant manager"]
*/
with
span as (
    select *
    from fct_downtime
)

select
    * exclude (elapsed_seconds, working_seconds),
    started_at as at,
    coalesce(working_seconds, elapsed_seconds) as amount,
from with_clocks('span', 'dim_calendar', $as_of)
