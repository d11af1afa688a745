/*
grain = "one row per plant and interval in which it is open (UTC), from before the first event to a year after the data; open_seconds_before counts the open time before it, closure_before names the closures between the interval before and this one"
key = ["instance", "plant", "open_from"]
*/
with
-- No working time is known before the last period without a calendar that says when a plant is open.
period as (
    select *
    from dim_plant_calendar
    qualify not bool_or(gap is not null) over (
        partition by instance, plant order by held_to desc nulls first rows between unbounded preceding and current row
    )
),

span as (
    select
        greatest(least(min(first_at), $as_of), $as_of - interval 40 years)::date - 60 as first_day,
        $as_of::date + 366 as last_day,
    from (
        select min(created_at) as first_at from dim_document
        union all
        select min(event_at) from fct_event where workflow in ('production', 'purchase') and told_by_model is null
    )
),

day as (
    select unnest(generate_series(first_day, last_day, interval 1 day))::date as day
    from span
),

-- What the first refresh found holds for all time before; what came later holds from the day it was written.
attendance as (
    select
        instance,
        calendar_id,
        try_cast(weekday as integer) as weekday,
        try_cast(week_type as integer) as week_type,
        try_cast(round(hour_from * 60) as integer) as minute_from,
        try_cast(round(hour_to * 60) as integer) as minute_to,
        valid_from_on,
        valid_to_on,
        case
            when valid_from > min(valid_from) over (partition by instance, calendar_id)
                then least(changed_at, valid_from)
        end as held_from,
        least(
            lead(least(changed_at, valid_from)) over (partition by instance, id order by valid_from), valid_to
        ) as held_to,
        resource_id is null and day_period is distinct from 'lunch' and hour_to > hour_from and hour_from >= 0 and hour_to <= 24
            as is_open,
    from stg_resource_calendar_attendance_history
),

opening as (
    select
        period.instance,
        period.plant,
        greatest(
            (day.day + to_minutes(attendance.minute_from)) at time zone period.timezone at time zone 'UTC',
            period.held_from,
            attendance.held_from
        ) as open_from,
        least(
            (day.day + to_minutes(attendance.minute_to)) at time zone period.timezone at time zone 'UTC',
            period.held_to,
            attendance.held_to
        ) as open_to,
    from period
    inner join attendance
        on attendance.instance = period.instance and attendance.calendar_id = period.calendar_id
    inner join day
        on isodow(day.day) - 1 = attendance.weekday
        -- Odoo counts the weeks of a calendar of two weeks from Monday 1 January of year 1.
        and (
            not period.is_two_weeks
            or attendance.week_type is null
            or (day.day - date '0001-01-01') // 7 % 2 = attendance.week_type
        )
        and day.day >= coalesce(attendance.valid_from_on, day.day)
        and day.day <= coalesce(attendance.valid_to_on, day.day)
    where attendance.is_open
),

leave as (
    select
        instance,
        calendar_id,
        company_id,
        coalesce(name, 'closed') as name,
        greatest(
            closed_from_at,
            case when valid_from > min(valid_from) over (partition by instance) then least(changed_at, valid_from) end
        ) as closed_from,
        -- Odoo ends a day at its last second.
        least(
            closed_to_at + if(second(closed_to_at) = 59, interval 1 second, interval 0 second),
            lead(least(changed_at, valid_from)) over (partition by instance, id order by valid_from),
            valid_to
        ) as closed_to,
        resource_id is null and kind = 'leave' as is_closed,
    from stg_resource_calendar_leaves_history
),

closure as (
    select
        period.instance,
        period.plant,
        leave.name,
        greatest(leave.closed_from, period.held_from) as closed_from,
        least(leave.closed_to, period.held_to) as closed_to,
    from period
    inner join leave
        on leave.instance = period.instance
        and coalesce(leave.calendar_id, period.calendar_id) = period.calendar_id
        and (leave.calendar_id is not null or coalesce(leave.company_id, period.company_id) = period.company_id)
    where leave.is_closed
),

-- Where an opening or a closure begins or ends; a plant is open while it is in an opening and in no closure.
edge as (
    select instance, plant, open_from as edge_at, 1 as opening, 0 as closure from opening where open_from < open_to
    union all
    select instance, plant, open_to, -1, 0 from opening where open_from < open_to
    union all
    select instance, plant, closed_from, 0, 1 from closure where closed_from < closed_to
    union all
    select instance, plant, closed_to, 0, -1 from closure where closed_from < closed_to
),

moment as (
    select
        instance,
        plant,
        edge_at,
        sum(sum(opening)) over earlier > 0 and sum(sum(closure)) over earlier = 0 as is_open,
    from edge
    group by instance, plant, edge_at
    window earlier as (partition by instance, plant order by edge_at)
),

turn as (
    select *
    from moment
    qualify is_open <> coalesce(lag(is_open) over (partition by instance, plant order by edge_at), false)
),

stretch as (
    select
        instance,
        plant,
        edge_at as open_from,
        lead(edge_at) over following as open_to,
        lag(edge_at) over following as closed_from,
        is_open,
    from turn
    window following as (partition by instance, plant order by edge_at)
),

counted as (
    select
        *,
        coalesce(
            sum(epoch(open_to - open_from)) over (
                partition by instance, plant order by open_from rows between unbounded preceding and 1 preceding
            ),
            0
        )::double as open_seconds_before,
    from stretch
    where is_open
)

select
    counted.instance,
    counted.plant,
    counted.open_from,
    counted.open_to,
    counted.open_seconds_before,
    nullif(string_agg(distinct closure.name, ', ' order by closure.name), '') as closure_before,
from counted
left join closure
    on closure.instance = counted.instance
    and closure.plant = counted.plant
    and closure.closed_from < counted.open_from
    and closure.closed_to > counted.closed_from
group by all
order by all
