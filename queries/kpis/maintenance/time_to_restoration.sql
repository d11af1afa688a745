/*
title = "Time to restoration"
definition = "How long it takes until a failure is mended: from the creation of a corrective maintenance request to its last move into a stage that ends it. A request that was taken up again counts to its last end. Where Odoo tracked no change of stage, the end of the day it was closed counts. Preventive requests and requests that were cancelled (archived) or deleted are left out."
unit = "duration"
direction = "lower"
target = "2 d"
objective = 0.9
limit = "5 d"
owner = "Head of maintenance"
measure = "duration"
statistic = "p50"
clocks = ["elapsed", "working"]
dimensions = ["plant", "company", "team", "equipment", "priority", "responsible"]
audience = ["executive", "plant manager"]
*/
with
request as (
    select
        * exclude (maintenance_type, done_at, due_at),
        created_at as started_at,
        done_at as ended_at,
    from fct_maintenance_request
    where maintenance_type = 'corrective' and status in ('open', 'done')
)

select *
from with_clocks('request', 'dim_calendar', $as_of)
