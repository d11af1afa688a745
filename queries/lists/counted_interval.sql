/*
title = "Counted intervals"
definition = "What makes up the working time of a plant from one moment to another (to the moment of the data while it is open): the open intervals that count, and between them what was left out. Where working time is not known, one row says why. Of a case that a wrong clock ended before it began nothing counts."
*/
with
asked as (
    select
        $started_at::timestamp as first_at,
        greatest($started_at::timestamp, coalesce($ended_at::timestamp, $as_of)) as last_at,
),

opening as (
    select
        calendar.*,
        plant.timezone,
        lag(calendar.open_to) over (order by calendar.open_from) as closed_from,
    from dim_calendar as calendar
    inner join dim_plant as plant
        on plant.instance = calendar.instance and plant.plant = calendar.plant
    where calendar.plant = $plant
),

-- The days that a plant does not open at all between two openings, in its own time.
closing as (
    select
        *,
        closed_from at time zone 'UTC' at time zone timezone as local_from,
        open_from at time zone 'UTC' at time zone timezone as local_to,
        list_filter(
            generate_series(local_from::date, local_to::date - 1, interval 1 day), lambda day: day >= local_from
        ) as days,
        list_filter(days, lambda day: isodow(day) >= 6) as weekend_days,
    from opening
),

stretch as (
    select true as is_counted, open_from as stretch_from, open_to as stretch_to, timezone, null as reason
    from opening
    union all
    select
        false,
        closed_from,
        open_from,
        timezone,
        case
            when closure_before is not null
                then concat_ws(', ', closure_before, case when len(weekend_days) > 0 then 'weekend' end)
            when len(days) > 0 and len(days) = len(weekend_days) then 'weekend'
            when len(days) > 0 then 'days without working hours'
            when local_from::date < local_to::date then 'night'
            else 'break'
        end,
    from closing
    where closed_from is not null
),

counted as (
    select
        stretch.is_counted,
        greatest(stretch.stretch_from, asked.first_at) as from_at,
        least(stretch.stretch_to, asked.last_at) as to_at,
        stretch.timezone,
        stretch.reason,
    from stretch
    cross join asked
    where stretch.stretch_from < asked.last_at
        and stretch.stretch_to > asked.first_at
        and asked.first_at < asked.last_at
        -- Before its first opening nothing is known of a calendar.
        and asked.first_at >= (select min(open_from) from opening)
)

select
    is_counted,
    from_at,
    to_at,
    from_at at time zone 'UTC' at time zone timezone as local_from,
    to_at at time zone 'UTC' at time zone timezone as local_to,
    timezone,
    epoch(to_at - from_at) as seconds,
    reason,
from counted
union all
select
    null,
    first_at,
    last_at,
    null,
    null,
    null,
    null,
    coalesce(
        (select max(gap) from dim_plant_calendar where plant = $plant),
        'the work calendar was not known yet'
    ),
from asked
where not exists (select 1 from counted) and first_at < last_at
order by from_at
