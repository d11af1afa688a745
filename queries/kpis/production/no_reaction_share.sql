/*
title = "Disturbances without a reaction"
definition = "Of the delays, shortages, changes of quantity after the release and failed inspections that were answered or ended, how many ended without anything recorded that was done about them: no new plan, no purchase or production order made for the order, no rework and no word on the goods. They count on the day they were answered or ended; what is still open does not count yet."
unit = "share"
direction = "lower"
owner = "Head of production planning"
measure = "share"
statistic = "rate"
clocks = ["elapsed"]
dimensions = ["plant", "company", "product", "product_family", "responsible", "trigger"]
audience = ["executive", "plant manager"]
*/
select
    *,
    coalesce(reacted_at, closed_at) as at,
    reacted_at is null as is_bad,
from fct_reaction
where reacted_at is not null or closed_at is not null
