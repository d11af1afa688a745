/*
grain = "one row per plant and shift that began in the last four weeks or begins in the next, in UTC and in the plant's own time; where working hours are not known, a day is a shift"
key = ["instance", "plant", "shift_from"]
*/
-- A shift is an open stretch of dim_calendar, cut where one line of the work calendar ends and the next begins in the same
-- minute; stretches less than two hours apart (a lunch) are one shift.
with
day as (
    select unnest(generate_series($as_of::date - 29, $as_of::date + 8, interval 1 day))::date as day
),

line as (
    select
        instance,
        calendar_id,
        try_cast(weekday as integer) as weekday,
        try_cast(week_type as integer) as week_type,
        try_cast(round(hour_from * 60) as integer) as minute_from,
        try_cast(round(hour_to * 60) as integer) as minute_to,
    from stg_resource_calendar_attendance
    where resource_id is null and day_period is distinct from 'lunch' and hour_to > hour_from and hour_from >= 0
        and hour_to <= 24
),

change as (
    select distinct
        period.instance,
        period.plant,
        (day.day + to_minutes(line.minute_from)) at time zone period.timezone at time zone 'UTC' as change_at,
    from dim_plant_calendar as period
    inner join line on line.instance = period.instance and line.calendar_id = period.calendar_id
    inner join line as earlier
        on earlier.instance = line.instance
        and earlier.calendar_id = line.calendar_id
        and earlier.weekday = line.weekday
        and earlier.week_type is not distinct from line.week_type
        and earlier.minute_to = line.minute_from
    inner join day
        on isodow(day.day) - 1 = line.weekday
        and (
            not period.is_two_weeks
            or line.week_type is null
            or (day.day - date '0001-01-01') // 7 % 2 = line.week_type
        )
    where period.held_to is null and period.gap is null
),

stretch as (
    select
        instance,
        plant,
        open_from,
        open_to,
    from dim_calendar
    where open_to > $as_of - interval 28 day and open_from < $as_of + interval 7 day
),

begin_at as (
    select instance, plant, open_from as begins_at, open_to from stretch
    union
    select
        stretch.instance,
        stretch.plant,
        change.change_at as begins_at,
        stretch.open_to,
    from stretch
    inner join change
        on change.instance = stretch.instance
        and change.plant = stretch.plant
        and change.change_at > stretch.open_from
        and change.change_at < stretch.open_to
),

part as (
    select
        instance,
        plant,
        begins_at,
        coalesce(lead(begins_at) over (partition by instance, plant, open_to order by begins_at), open_to) as ends_at,
    from begin_at
),

joined as (
    select
        *,
        coalesce(
            begins_at - lag(ends_at) over following between interval 1 microsecond and interval 119 minute, false
        ) as goes_on,
    from part
    window following as (partition by instance, plant order by begins_at)
),

numbered as (
    select
        *,
        count(*) filter (where not goes_on) over (partition by instance, plant order by begins_at) as number,
    from joined
),

known as (
    select
        instance,
        plant,
        min(begins_at) as shift_from,
        max(ends_at) as shift_to,
        true as is_known,
    from numbered
    group by instance, plant, number
),

shift as (
    select * from known
    union all
    select
        dim_plant.instance,
        dim_plant.plant,
        day.day::timestamp at time zone dim_plant.timezone at time zone 'UTC' as shift_from,
        (day.day + interval 1 day) at time zone dim_plant.timezone at time zone 'UTC' as shift_to,
        false as is_known,
    from dim_plant
    cross join day
    where not exists (
        select 1 from known where known.instance = dim_plant.instance and known.plant = dim_plant.plant
    )
)

select
    shift.*,
    shift.shift_from at time zone 'UTC' at time zone dim_plant.timezone as local_from,
    shift.shift_to at time zone 'UTC' at time zone dim_plant.timezone as local_to,
    dim_plant.timezone,
from shift
inner join dim_plant on dim_plant.instance = shift.instance and dim_plant.plant = shift.plant
