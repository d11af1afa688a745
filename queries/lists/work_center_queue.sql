/*
title = "Queues of work centers"
definition = "Each work center with open work orders, or that is down: how many are running, ready, and kept back by an operation or material before them, how long the ready and running ones are expected to take and how many days that is at the pace of the last 28 days (where at least 20 were done in them), and the oldest planned start that has passed. Down: somebody recorded that it stands still. Starved: nothing is ready or running although work is kept back. Idle: work is ready and nothing runs, in the open hours of the plant. Blocked: more work is kept back than is ready or running."
*/
with
queue as (
    select
        instance,
        plant,
        work_center_id,
        any_value(work_center) as work_center,
        count(*) filter (where state = 'progress' or is_running) as running_count,
        count(*) filter (where state = 'ready' and not is_running) as ready_count,
        count(*) filter (where state not in ('ready', 'progress') and not is_running) as kept_count,
        coalesce(sum(expected_minutes) filter (where state in ('ready', 'progress')), 0) as queue_minutes,
        coalesce(sum(expected_minutes) filter (where state not in ('ready', 'progress')), 0) as kept_minutes,
        count(*) filter (where planned_start_at < $as_of and started_at is null) as overdue_count,
        min(planned_start_at) filter (where planned_start_at < $as_of and started_at is null) as oldest_start_at,
    from fct_work_order
    where state not in ('done', 'cancel') and production_state not in ('draft', 'done', 'cancel', 'deleted')
    group by instance, plant, work_center_id
),

pace as (
    select
        instance,
        plant,
        work_center_id,
        sum(coalesce(actual_minutes, expected_minutes)) / 28 as day_minutes,
    from fct_work_order
    where state = 'done' and finished_at > $as_of - interval 28 day
    group by instance, plant, work_center_id
    having count(*) >= 20
),

stop as (
    select
        instance,
        plant,
        workcenter as work_center,
        min(started_at) as down_since_at,
        arg_min(reason, started_at) as reason,
    from fct_downtime
    where ended_at is null
    group by instance, plant, workcenter
),

opened as (
    select
        instance,
        plant,
        bool_or($as_of between open_from and open_to) as is_open,
    from dim_calendar
    group by instance, plant
),

whole as (
    select
        coalesce(queue.instance, stop.instance) as instance,
        coalesce(queue.plant, stop.plant) as plant,
        queue.work_center_id,
        coalesce(queue.work_center, stop.work_center) as work_center,
        coalesce(queue.running_count, 0) as running_count,
        coalesce(queue.ready_count, 0) as ready_count,
        coalesce(queue.kept_count, 0) as kept_count,
        coalesce(queue.queue_minutes, 0) * 60 as queue_seconds,
        coalesce(queue.kept_minutes, 0) * 60 as kept_seconds,
        coalesce(queue.overdue_count, 0) as overdue_count,
        queue.oldest_start_at,
        stop.down_since_at,
        stop.reason,
    from queue
    full join stop
        on stop.instance = queue.instance
        and stop.plant is not distinct from queue.plant
        and stop.work_center = queue.work_center
)

select
    whole.*,
    whole.queue_seconds / 60 / nullif(pace.day_minutes, 0) as queue_days,
    opened.is_open,
    case
        when whole.down_since_at is not null then 'down'
        when whole.ready_count + whole.running_count = 0 then 'starved'
        when whole.running_count = 0 and opened.is_open then 'idle'
        when whole.kept_count > whole.ready_count + whole.running_count then 'blocked'
        else 'fed'
    end as state,
from whole
left join pace
    on pace.instance = whole.instance
    and pace.plant is not distinct from whole.plant
    and pace.work_center_id = whole.work_center_id
left join opened on opened.instance = whole.instance and opened.plant = whole.plant
order by
    list_position(['down', 'starved', 'idle', 'blocked', 'fed'], state),
    queue_days desc nulls last,
    whole.plant,
    whole.work_center
