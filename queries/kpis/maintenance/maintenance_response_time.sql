/*
title = "Maintenance response time"
definition = "How long a corrective maintenance request waits until somebody takes it up: from its creation to the first change of its stage. Preventive requests, which wait for their day, and requests that were cancelled (archived) or deleted are left out."
unit = "duration"
direction = "lower"
target = "4 h"
objective = 0.9
limit = "1 d"
owner = "Head of maintenance"
measure = "duration"
statistic = "p50"
clocks = ["elapsed", "working"]
dimensions = ["plant", "company", "team", "equipment", "priority", "responsible"]
audience = ["plant manager"]
*/
with
request as (
    select
        * exclude (maintenance_type, responded_at, done_at, due_at),
        created_at as started_at,
        responded_at as ended_at,
    from fct_maintenance_request
    where maintenance_type = 'corrective' and status in ('open', 'done')
)

select *
from with_clocks('request', 'dim_calendar', $as_of)
