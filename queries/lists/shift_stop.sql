/*
title = "What stood still in a shift"
definition = "In a plant and a span of time: work centers that were down, with the part of it that lies in the span, and shortages, quality holds and overdue work orders that began in it. What stood still before is on the unblock list. An open one lasts."
*/
with
down as (
    select
        'downtime' as kind,
        instance,
        null::varchar as record_model,
        null::bigint as record_id,
        name,
        plant,
        workcenter as work_center,
        reason as detail,
        responsible,
        started_at as from_at,
        ended_at as to_at,
    from fct_downtime
    where plant = $plant and started_at < $to_at and coalesce(ended_at > $from_at, true)
),

waiting as (
    select
        kind,
        instance,
        timeline_model as record_model,
        timeline_id as record_id,
        name,
        plant,
        work_center,
        product as detail,
        responsible,
        stuck_at as from_at,
        ended_at as to_at,
    from fct_stuck
    where plant = $plant
        and kind in ('shortage', 'hold', 'operation')
        and stuck_at >= $from_at
        and stuck_at < $to_at
),

found as (
    select * from down
    union all by name
    select * from waiting
)

select
    *,
    epoch(least(coalesce(to_at, $as_of), $to_at, $as_of) - greatest(from_at, $from_at)) as seconds,
from found
order by kind <> 'downtime', seconds desc, name
