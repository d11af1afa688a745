/*
grain = "one row per workflow, plant and pair of activities of which the second directly followed the first: how often, and how long it took"
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
