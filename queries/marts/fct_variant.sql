/*
grain = "one row per workflow, plant and variant, the order of activities in a case: how many cases took it, and how long"
key = ["workflow", "plant", "variant"]
*/
with
variant as (
    select
        workflow,
        plant,
        variant,
        count(*) as case_count,
        median(epoch(ended_at - started_at)) as median_seconds,
    from fct_case
    where variant is not null
    group by workflow, plant, variant
)

select
    *,
    case_count / sum(case_count) over (partition by workflow, plant) as share,
    sum(case_count) over (
        partition by workflow, plant order by case_count desc, variant rows between unbounded preceding and current row
    ) / sum(case_count) over (partition by workflow, plant) as coverage,
from variant
