/*
grain = "one row per plant: a warehouse of a company of an instance"
key = ["instance", "plant"]
*/
with
warehouse as (
    select
        warehouse.instance,
        warehouse.id as warehouse_id,
        warehouse.code as warehouse,
        warehouse.name as warehouse_name,
        company.id as company_id,
        company.name as company,
        company.resource_calendar_id as company_calendar_id,
        currency.name as currency,
        company.name || '/' || warehouse.code as default_code,
        count(*) over (partition by company.name, warehouse.code) > 1 as is_ambiguous,
    from stg_stock_warehouse_last as warehouse
    inner join stg_res_company_last as company
        on company.instance = warehouse.instance and company.id = warehouse.company_id
    left join stg_res_currency_last as currency
        on currency.instance = company.instance and currency.id = company.currency_id
),

plant as (
    select
        warehouse.*,
        nullif(configured.code, '') as configured_code,
        nullif(configured.name, '') as configured_name,
        nullif(configured.timezone, '') as configured_timezone,
        nullif(configured.calendar, '') as configured_calendar,
    from warehouse
    left join cfg_plant as configured
        on configured.company = warehouse.company
        and configured.warehouse = warehouse.warehouse
        and configured.instance in ('', warehouse.instance)
    -- What ops.toml says of one instance wins over what it says of all.
    qualify row_number() over (
        partition by warehouse.instance, warehouse.warehouse_id
        order by configured.instance desc nulls last, configured.code
    ) = 1
)

select
    plant.instance,
    coalesce(
        plant.configured_code,
        case
            when plant.is_ambiguous then plant.instance || ':' || plant.default_code || '#' || plant.warehouse_id
            else plant.default_code
        end
    ) as plant,
    coalesce(plant.configured_name, plant.warehouse_name) as name,
    plant.company_id,
    plant.company,
    plant.warehouse_id,
    plant.warehouse,
    coalesce(plant.configured_timezone, zone.name, 'UTC') as timezone,
    plant.configured_timezone,
    calendar.id as calendar_id,
    calendar.name as calendar,
    plant.configured_calendar,
    plant.currency,
from plant
left join stg_resource_calendar_last as calendar
    on calendar.instance = plant.instance
    and case
        when plant.configured_calendar is null then calendar.id = plant.company_calendar_id
        else calendar.name = plant.configured_calendar
            and coalesce(calendar.company_id, plant.company_id) = plant.company_id
    end
left join (select name from pg_timezone_names()) as zone on zone.name = calendar.tz
-- Of several calendars with the name that ops.toml gives: the company's own, one in use, the oldest.
qualify row_number() over (
    partition by plant.instance, plant.warehouse_id
    order by calendar.gone_at is not null, calendar.company_id is null, not coalesce(calendar.active, true), calendar.id
) = 1
