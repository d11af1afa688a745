/*
grain = "one row per plant, thing that documents go through and one of the last seven whole days (of the plant's own time), with how often it usually happens on such a day"
key = ["instance", "plant", "workflow", "activity", "day"]
*/
-- Compared with the 26 such days before: the same weekday, open or closed as this one. Counts are set to one spread by
-- their square root (Anscombe, Biometrika 35, 1948), the middle and the spread of the days before by median and median
-- absolute deviation, which a few odd days do not move; a spread is never less than that of chance alone. A day is unusual
-- beyond five spreads, and by at least ten.
with
plant as (
    select
        instance,
        plant,
        timezone,
        (($as_of at time zone 'UTC') at time zone timezone)::date as today,
    from dim_plant
),

-- By the hour first: there are far fewer hours than events.
hour as (
    select
        instance,
        plant,
        workflow,
        activity,
        record_model,
        date_trunc('hour', event_at) as event_hour,
        count(*) as n,
        max(record_id) as record_id,
    from fct_event
    where plant is not null
        and rank < 90
        and time_quality = 'exact'
        and event_at >= $as_of - interval 40 week
    group by all
),

counted as (
    select
        hour.instance,
        hour.plant,
        hour.workflow,
        hour.activity,
        hour.record_model,
        ((hour.event_hour at time zone 'UTC') at time zone plant.timezone)::date as day,
        sum(hour.n) as n,
        max(hour.record_id) as record_id,
    from hour
    inner join plant on plant.instance = hour.instance and plant.plant = hour.plant
    group by all
),

series as (
    select
        instance,
        plant,
        workflow,
        activity,
        any_value(record_model) as record_model,
        min(day) as first_day,
    from counted
    group by instance, plant, workflow, activity
),

open_day as (
    select distinct
        calendar.instance,
        calendar.plant,
        ((calendar.open_from at time zone 'UTC') at time zone plant.timezone)::date as day,
    from dim_calendar as calendar
    inner join plant on plant.instance = calendar.instance and plant.plant = calendar.plant
    where calendar.open_from >= $as_of - interval 41 week and calendar.open_from <= $as_of
),

day as (
    select
        plant.instance,
        plant.plant,
        unnest(generate_series(plant.today - 39 * 7, plant.today - 1, interval 1 day))::date as day,
        plant.today,
    from plant
),

volume as (
    select
        series.instance,
        series.plant,
        series.workflow,
        series.activity,
        series.record_model,
        day.day,
        day.today,
        open_day.day is not null as is_open,
        coalesce(counted.n, 0) as n,
        counted.record_id,
        2 * sqrt(coalesce(counted.n, 0) + 0.375) as root,
    from series
    inner join day
        on day.instance = series.instance and day.plant = series.plant and day.day >= series.first_day
    left join counted
        on counted.instance = series.instance
        and counted.plant = series.plant
        and counted.workflow = series.workflow
        and counted.activity = series.activity
        and counted.day = day.day
    left join open_day
        on open_day.instance = series.instance and open_day.plant = series.plant and open_day.day = day.day
),

usual as (
    select
        *,
        list(root) over before as roots,
    from volume
    window before as (
        partition by instance, plant, workflow, activity, isodow(day), is_open
        order by day rows between 26 preceding and 1 preceding
    )
),

judged as (
    select
        * exclude (roots),
        len(roots) as day_count,
        list_median(roots) as middle,
        greatest(1.0, 1.4826 * list_median(list_transform(roots, lambda root: abs(root - list_median(roots))))) as spread,
    from usual
    where day >= today - 7
)

select
    instance,
    plant,
    workflow,
    activity,
    record_model,
    record_id,
    day,
    (day::timestamp at time zone plant.timezone) at time zone 'UTC' as day_began_at,
    is_open,
    n::bigint as event_count,
    day_count,
    (middle * middle / 4 - 0.375) as usual_count,
    greatest(0, (greatest(middle - 2 * spread, 0) ** 2) / 4 - 0.375) as usual_low,
    ((middle + 2 * spread) ** 2) / 4 - 0.375 as usual_high,
    (root - middle) / spread as score,
    day_count >= 12 and abs(event_count - usual_count) >= 10 as is_comparable,
from judged
inner join plant using (instance, plant)
