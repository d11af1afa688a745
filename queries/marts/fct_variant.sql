/*
grain = "one row per workflow, plant and variant, the order of activities in a case: how many cases took it, and how long"
key = ["workflow", "plant", "variant"]
*/
-- variant_number: the most frequent first, of equally frequent ones by name; coverage: share of the cases up to there.
with
variant as (
    select
        workflow,
        plant,
        variant,
        count(*) as case_count,
        count(*) filter (where is_open) as open_count,
        median(epoch(ended_at - started_at)) as median_seconds,
        string_split(variant, ' > ') as activities,
    from fct_case
    where variant is not null
    group by workflow, plant, variant
)

select
    * exclude (activities),
    case_count / sum(case_count) over (partition by workflow, plant) as share,
    sum(case_count) over ranked / sum(case_count) over (partition by workflow, plant) as coverage,
    row_number() over ranked as variant_number,
    len(activities) as activity_count,
    activities[1] as first_activity,
    activities[-1] as last_activity,
from variant
window ranked as (
    partition by workflow, plant order by case_count desc, variant rows between unbounded preceding and current row
)
