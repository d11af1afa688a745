/*
grain = "one row per workflow, plant and pair of activities of which the second directly followed the first: how often, and how long it took; and per activity that cases began with (from 'start'), ended with (to 'end') or stand at (to 'still open')"
key = ["workflow", "plant", "from_activity", "to_activity"]
*/
with
-- Sorted as numbers, in a third of the time, as in fct_case: a step is the moment (microseconds), then the number of the
-- activity, which follows rank and name.
activity as (
    select
        rank,
        activity,
        row_number() over (order by rank, activity) as number,
    from fct_event
    where rank < 90
    group by rank, activity
),

place as (
    select
        instance,
        record_model,
        workflow,
        plant,
        row_number() over () as number,
    from fct_event
    group by instance, record_model, workflow, plant
),

moment as (
    select
        place.number as place_number,
        event.record_id,
        epoch_us(event.event_at) * 1000 + activity.number as step,
    from fct_event as event
    inner join activity on activity.rank = event.rank and activity.activity = event.activity
    inner join place
        on place.instance = event.instance
        and place.record_model = event.record_model
        and place.workflow = event.workflow
        and place.plant is not distinct from event.plant
),

pair as (
    select
        place_number,
        step,
        lead(step) over (partition by place_number, record_id order by step) as next_step,
    from moment
)

select
    place.workflow,
    place.plant,
    activity.activity as from_activity,
    next_activity.activity as to_activity,
    count(*) as step_count,
    median(pair.next_step // 1000 - pair.step // 1000) / 1e6 as median_wait_seconds,
from pair
inner join place on place.number = pair.place_number
inner join activity on activity.number = pair.step % 1000
inner join activity as next_activity on next_activity.number = pair.next_step % 1000
group by place.workflow, place.plant, activity.activity, next_activity.activity

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
