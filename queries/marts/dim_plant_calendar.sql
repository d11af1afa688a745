/*
grain = "one row per plant and period in which one version of a work calendar held; held_from and held_to are UTC, empty without a bound; gap says why there is no working time"
key = ["instance", "plant", "held_from"]
*/
with
company as (
    select
        instance,
        id as company_id,
        resource_calendar_id as calendar_id,
        -- The first version that was seen holds for all time before, the last one for all time after.
        case when lag(id) over version is not null then valid_from end as held_from,
        lead(valid_from) over version as held_to,
    from stg_res_company_history
    window version as (partition by instance, id order by valid_from)
),

chosen as (
    select
        plant.instance,
        plant.plant,
        case when plant.configured_calendar is null then company.calendar_id else plant.calendar_id end as calendar_id,
        company.held_from,
        company.held_to,
        plant.company_id,
        plant.company,
        plant.configured_calendar,
        plant.configured_timezone,
    from dim_plant as plant
    inner join company
        on company.instance = plant.instance
        and company.company_id = plant.company_id
        and (plant.configured_calendar is null or company.held_to is null)
),

calendar as (
    select
        instance,
        id as calendar_id,
        coalesce(name, 'number ' || id) as calendar,
        tz,
        coalesce(is_flexible, false) as is_flexible,
        coalesce(is_two_weeks, true) as is_two_weeks,
        case when lag(id) over version is not null then least(changed_at, valid_from) end as held_from,
        lead(least(changed_at, valid_from)) over version as held_to,
    from stg_resource_calendar_history
    window version as (partition by instance, id order by valid_from)
),

period as (
    select
        chosen.instance,
        chosen.plant,
        chosen.company_id,
        chosen.company,
        chosen.configured_calendar,
        calendar.calendar_id,
        calendar.calendar,
        coalesce(chosen.configured_timezone, calendar.tz) as timezone,
        calendar.is_flexible,
        calendar.is_two_weeks,
        greatest(if(chosen.configured_calendar is null, chosen.held_from, null), calendar.held_from) as held_from,
        least(chosen.held_to, calendar.held_to) as held_to,
    from chosen
    left join calendar
        on calendar.instance = chosen.instance and calendar.calendar_id = chosen.calendar_id
)

select
    *,
    case
        when calendar_id is null and configured_calendar is not null
            then 'ops.toml names the work calendar ' || configured_calendar || ', which Odoo does not have for ' || company
        when calendar_id is null then company || ' has no work calendar in Odoo'
        when is_flexible then 'the work calendar ' || calendar || ' is flexible: it says how many hours, not which'
        when coalesce(timezone not in (select name from pg_timezone_names()), true)
            then 'the work calendar ' || calendar || ' has no known time zone'
        when not exists (
            select 1 from stg_resource_calendar_attendance_history as attendance
            where attendance.instance = period.instance
                and attendance.calendar_id = period.calendar_id
                and attendance.resource_id is null
                and attendance.day_period is distinct from 'lunch'
                and attendance.hour_to > attendance.hour_from
        ) then 'the work calendar ' || calendar || ' has no working hours'
    end as gap,
from period
where held_from is null or held_to is null or held_from < held_to
