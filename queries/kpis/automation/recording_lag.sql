/*
title = "Recording lag"
definition = "From the moment that an entry says something happened to the moment it was entered: time logs of work orders, from the end of the work, and transfers, from their effective date. What is recorded as it happens has no lag; working times that Odoo wrote by itself are left out."
target = "4 h"
unit = "duration"
direction = "lower"
owner = "Head of production"
measure = "duration"
statistic = "p90"
clocks = ["elapsed", "working"]
dimensions = ["plant", "company", "kind", "place", "entered_by"]
audience = ["executive", "plant manager"]
*/
with
entry as (
    select
        instance,
        record_model,
        record_id,
        name,
        plant,
        company,
        kind,
        place,
        entered_by,
        said_at as started_at,
        entered_at as ended_at,
    from fct_recording
)

select *
from with_clocks('entry', 'dim_calendar', $as_of)
