/*
title = "Corrective action age"
definition = "How old the actions that nonconformities lead to get until they are closed; open ones count with the age they have. All kinds of action count: immediate, corrective, preventive, improvement. Odoo's stages only say that they end an action: a cancelled one counts as closed. Archived and deleted actions are left out."
unit = "duration"
direction = "lower"
target = "21 d"
objective = 0.85
limit = "45 d"
owner = "Head of quality"
measure = "duration"
statistic = "p50"
clocks = ["elapsed", "working"]
dimensions = ["plant", "company", "action_type", "responsible"]
audience = ["executive", "plant manager"]
*/
with
action as (
    select
        * exclude (closed_at, due_at),
        created_at as started_at,
        closed_at as ended_at,
    from fct_corrective_action
    where status = 'open' or (status = 'done' and closed_at is not null)
)

select *
from with_clocks('action', 'dim_calendar', $as_of)
