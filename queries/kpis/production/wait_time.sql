/*
title = "Wait time by owner"
definition = "Time that production orders waited between creation and completion, by who had it: each second has one owner, by a written precedence (closed, integration, approver, quality, supplier or stock, work center, planner, nobody). Hours in which the plant is closed belong to closed; where working hours are not known, nothing is closed. Time in which timed work ran is left out; work that nobody timed counts as the work center's. An order counts wholly on the day it is completed; only orders completed in the last 26 weeks are told apart so."
unit = "duration"
direction = "lower"
owner = "Head of production planning"
measure = "sum"
statistic = "total"
clocks = ["elapsed"]
dimensions = ["plant", "owner", "company", "product", "product_family", "responsible"]
audience = ["executive", "plant manager"]
reach = "26 w"
*/
with
waited as (
    select *
    from fct_wait
    where outcome = 'completed' and is_touch is distinct from true
)

select
    instance,
    any_value(record_model) as record_model,
    record_id,
    any_value(name) as name,
    any_value(plant) as plant,
    any_value(company) as company,
    any_value(product) as product,
    any_value(product_family) as product_family,
    any_value(responsible) as responsible,
    owner,
    order_ended_at as at,
    sum(seconds) as amount,
from (
    select *, open_seconds as seconds from waited
    union all by name
    select * replace ('closed' as owner), closed_seconds as seconds from waited
)
where seconds > 0
group by instance, record_id, owner, order_ended_at
