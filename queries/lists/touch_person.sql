/*
title = "Whose touches changed nothing"
definition = "People whose touches of orders created in the last 18 weeks that are closed changed nothing, by workflow, plant and kind of touch: how many, of how many of theirs of which that can be told."
*/
select
    workflow,
    plant,
    person,
    kind,
    count(changed_nothing) as told_count,
    count(*) filter (where changed_nothing) as empty_count,
from fct_touch
where is_closed
group by workflow, plant, person, kind
having count(*) filter (where changed_nothing) > 0
order by empty_count desc, person, workflow, plant, kind
