/*
title = "Workflows by plant"
definition = "How many cases of each workflow a plant has had, how many of them are still open, and how many ways (orders of activities) they took; the most cases first."
*/
select
    workflow,
    plant,
    sum(case_count)::bigint as case_count,
    sum(open_count)::bigint as open_count,
    count(*) as way_count,
from fct_variant
group by workflow, plant
order by sum(sum(case_count)) over (partition by workflow) desc, workflow, plant nulls last
