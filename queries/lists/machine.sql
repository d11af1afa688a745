/*
title = "Machines"
definition = "Each machine that failed or stood still since a day, or whose failure or downtime from before lasts: how often it failed (corrective requests) and how often within 14 days of the repair before, within which time half of the failures were taken up and mended (none: half are open), how long it was down in the working hours of the plant (by the clock on the wall where those are not known) and for which reasons, and how many released orders have work before it that is due within seven days, or late, and what they are worth. What failed most often comes first. The machine is the work center, or the equipment of a request that names no work center; the two are one where they carry one name."
*/
with
failure as (
    select
        instance,
        plant,
        coalesce(workcenter, equipment) as machine,
        created_at,
        responded_at,
        done_at,
        status,
        lag(done_at) over (partition by instance, plant, machine order by created_at, record_id) as mended_before_at,
    from fct_maintenance_request
    where maintenance_type = 'corrective'
        and status in ('open', 'done')
        and coalesce(workcenter, equipment) is not null
        and coalesce(done_at, $as_of) >= $from_on::timestamp - interval 14 day
),

failed as (
    select
        instance,
        plant,
        machine,
        count(*) as failure_count,
        count(*) filter (where created_at - mended_before_at <= interval 14 day) as again_count,
        count(*) filter (where status = 'open') as open_count,
        max(created_at) as last_failed_at,
        nullif(
            quantile_disc(if(done_at is null, 'infinity'::double, seconds_from(created_at, done_at)), 0.5),
            'infinity'::double
        ) as restoration_seconds,
        nullif(
            quantile_disc(if(responded_at is null, 'infinity'::double, seconds_from(created_at, responded_at)), 0.5),
            'infinity'::double
        ) as response_seconds,
    from failure
    where created_at >= $from_on::timestamp or status = 'open'
    group by instance, plant, machine
),

span as (
    select
        instance,
        plant,
        workcenter as machine,
        reason,
        started_at,
        ended_at,
    from fct_downtime
    where workcenter is not null and (started_at >= $from_on::timestamp or ended_at is null)
),

spent as (
    select
        instance,
        plant,
        machine,
        coalesce(reason, 'no reason recorded') as reason,
        count(*) as stop_count,
        sum(coalesce(working_seconds, elapsed_seconds)) as seconds,
        min(started_at) filter (where ended_at is null) as down_since_at,
    from with_clocks('span', 'dim_calendar', $as_of)
    group by all
),

stopped as (
    select
        instance,
        plant,
        machine,
        sum(stop_count) as stop_count,
        sum(seconds) as down_seconds,
        min(down_since_at) as down_since_at,
        list({'reason': reason, 'stop_count': stop_count, 'seconds': seconds} order by seconds desc, reason) as reasons,
    from spent
    group by instance, plant, machine
),

-- Orders with work still to do at a machine, once each.
waiting as (
    select distinct
        instance,
        plant,
        work_center as machine,
        production_id,
    from fct_work_order
    where state not in ('done', 'cancel') and production_state not in ('draft', 'done', 'cancel', 'deleted')
),

queue as (
    select
        waiting.instance,
        waiting.plant,
        waiting.machine,
        count(*) as order_count,
        count(*) filter (where due.due_at < $as_of + interval 7 day) as due_soon_count,
        sum(due.reporting_amount) filter (where due.due_at < $as_of + interval 7 day) as due_soon_amount,
        any_value(due.reporting_currency) as currency,
    from waiting
    left join fct_open_order as due
        on due.instance = waiting.instance
        and due.record_model = 'mrp.production'
        and due.record_id = waiting.production_id
    group by waiting.instance, waiting.plant, waiting.machine
),

known as (
    select instance, plant, machine from failed
    union
    select instance, plant, machine from stopped
)

select
    known.instance,
    known.plant,
    known.machine,
    coalesce(failed.failure_count, 0) as failure_count,
    coalesce(failed.again_count, 0) as again_count,
    coalesce(failed.open_count, 0) as open_count,
    failed.last_failed_at,
    failed.response_seconds,
    failed.restoration_seconds,
    coalesce(stopped.stop_count, 0) as stop_count,
    stopped.down_seconds,
    stopped.reasons,
    stopped.down_since_at,
    coalesce(queue.order_count, 0) as order_count,
    coalesce(queue.due_soon_count, 0) as due_soon_count,
    queue.due_soon_amount,
    queue.currency,
from known
left join failed
    on failed.instance = known.instance and failed.plant is not distinct from known.plant and failed.machine = known.machine
left join stopped
    on stopped.instance = known.instance and stopped.plant is not distinct from known.plant and stopped.machine = known.machine
left join queue
    on queue.instance = known.instance and queue.plant is not distinct from known.plant and queue.machine = known.machine
order by failure_count desc, stopped.down_seconds desc nulls last, known.machine, known.plant
