/*
title = "Budgets as known"
definition = "The budgets as published up to a moment (UTC), the newest month first."
*/
select *
from agg_budget_history
where as_of <= $known_at
qualify row_number() over (partition by kpi, plant, period_start order by as_of desc, run desc) = 1
order by kpi, period_start desc, plant nulls first
