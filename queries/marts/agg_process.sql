/*
grain = "one row per plant: its work in process over the last twelve weeks, and what throughput and time in process imply by Little's law"
key = ["instance", "plant"]
*/
with
process as (
    select
        instance,
        plant,
        $as_of - interval 84 day as from_at,
        released_at as entered_at,
        coalesce(done_at, cancelled_at) as left_at,
    from fct_production_order
    where plant is not null
        and released_at < $as_of
        and (done_at is not null or cancelled_at is not null or state not in ('done', 'cancel', 'deleted'))
),

total as (
    select
        instance,
        plant,
        sum(greatest(epoch(coalesce(left_at, $as_of) - greatest(entered_at, from_at)), 0)) / 86400 as order_days,
        count(*) filter (where left_at >= from_at) as left_count,
        avg(epoch(left_at - entered_at)) filter (where left_at >= from_at) as time_in_process_seconds,
    from process
    group by instance, plant
)

select
    instance,
    plant,
    order_days / 84 as average_count,
    left_count,
    left_count / 84 as left_per_day,
    time_in_process_seconds,
    left_count / 84 * time_in_process_seconds / 86400 as implied_count,
from total
