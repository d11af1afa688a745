/*
title = "Orders processed without a person"
definition = "Production and purchase orders completed in a period, by workflow, plant, and how sure and by which rule it is known who acted: how many, how many without any tracked event by a person, and how often people touched them."
*/
select
    workflow,
    plant,
    touch_confidence as confidence,
    touch_rule as rule,
    count(*) as case_count,
    count(*) filter (where manual_event_count = 0) as untouched_count,
    sum(human_touch_count)::bigint as touch_count,
from fct_case
where outcome = 'completed'
    and workflow in ('production', 'purchase')
    and ended_at >= $from_on::timestamp
    and ended_at < $to_on::timestamp
group by workflow, plant, touch_confidence, touch_rule
order by workflow, plant nulls last, case_count desc, rule
