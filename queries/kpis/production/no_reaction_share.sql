/*
title = "Disturbances without a reaction"
definition = "Of the delays, shortages, changes of demand after the release and failed checks that were answered or ended, how many ended without anything recorded that was done about them: no new plan, no purchase or production order for it, and of failed checks neither rework nor containment. A shortage that was filled by what had been ordered before it began is of the reaction 'already under way' and counts as answered; this is known where it is known what the order waited for, and that it was bought or made for the plant. They count on the day they were answered or ended; what is still open does not count yet."
unit = "share"
direction = "lower"
owner = "Head of production planning"
measure = "share"
statistic = "rate"
clocks = ["elapsed"]
dimensions = ["plant", "company", "product", "product_family", "responsible", "trigger", "reaction"]
audience = ["executive", "plant manager"]
*/
select
    *,
    coalesce(reacted_at, closed_at) as at,
    reaction is null as is_bad,
from fct_reaction
where reacted_at is not null or closed_at is not null
