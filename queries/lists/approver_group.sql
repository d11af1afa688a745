/*
title = "How groups of approvers decide"
definition = "Decisions by people in the last 26 weeks per tier or role and plant: how fast by both clocks, how many within seconds of being asked for or in bursts, how many without a change in between, how many past their limit, what waits per approver, how much the busiest one decides, and on how many working days nobody decided although something waited; with one word for it."
*/
select *
from agg_approver_group
order by
    case verdict when 'rubber stamp' then 1 when 'overloaded' then 2 when 'one person' then 3 when 'ordinary' then 4 else 5 end,
    decision_count desc, plant, mechanism, approver_group
