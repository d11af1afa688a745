/*
title = "Nonconformity age"
definition = "How old nonconformities get until they are closed; open ones count with the age they have. One that was taken up again is open, or counts to its last end. Cancelled and deleted ones are left out."
unit = "duration"
direction = "lower"
target = "14 d"
objective = 0.85
limit = "30 d"
owner = "Head of quality"
measure = "duration"
statistic = "p50"
clocks = ["elapsed", "working"]
dimensions = ["plant", "company", "severity", "partner", "product", "responsible"]
audience = ["executive", "plant manager"]
*/
with
nonconformity as (
    select
        * exclude (planned_at, closed_at),
        created_at as started_at,
        closed_at as ended_at,
    from fct_nonconformity
    where status = 'open' or (status = 'done' and closed_at is not null)
)

select *
from with_clocks('nonconformity', 'dim_calendar', $as_of)
