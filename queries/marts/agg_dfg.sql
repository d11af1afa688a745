/*
grain = "one row per workflow, plant and pair of activities of which the second directly followed the first: how often, and how long it took; and per activity that cases began with (from 'start'), ended with (to 'end') or stand at (to 'still open')"
key = ["workflow", "plant", "from_activity", "to_activity"]
*/
with
step as (
    select
        workflow,
        plant,
        activity as from_activity,
        lead(activity) over following as to_activity,
        epoch(lead(event_at) over following - event_at) as wait_seconds,
    from fct_event
    where rank < 90
    window following as (partition by instance, record_model, record_id order by event_at, rank, activity)
)

select
    workflow,
    plant,
    from_activity,
    to_activity,
    count(*) as step_count,
    median(wait_seconds) as median_wait_seconds,
from step
where to_activity is not null
group by workflow, plant, from_activity, to_activity

union all

select
    workflow,
    plant,
    'start' as from_activity,
    first_activity as to_activity,
    sum(case_count)::bigint as step_count,
    null::double as median_wait_seconds,
from fct_variant
group by workflow, plant, first_activity

union all

select
    variant.workflow,
    variant.plant,
    variant.last_activity as from_activity,
    stands.name as to_activity,
    sum(if(stands.name = 'end', case_count - open_count, open_count))::bigint as step_count,
    null::double as median_wait_seconds,
from fct_variant as variant
cross join (values ('end'), ('still open')) as stands (name)
where if(stands.name = 'end', case_count - open_count, open_count) > 0
group by variant.workflow, variant.plant, variant.last_activity, stands.name
