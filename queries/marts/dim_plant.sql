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
        currency.name as currency,
        calendar.tz as timezone,
        company.name || '/' || warehouse.code as default_code,
        count(*) over (partition by company.name, warehouse.code) > 1 as is_ambiguous,
    from stg_stock_warehouse_last as warehouse
    inner join stg_res_company_last as company
        on company.instance = warehouse.instance and company.id = warehouse.company_id
    left join stg_res_currency_last as currency
        on currency.instance = company.instance and currency.id = company.currency_id
    left join stg_resource_calendar_last as calendar
        on calendar.instance = company.instance and calendar.id = company.resource_calendar_id
)

select
    warehouse.instance,
    coalesce(
        configured.code,
        case
            when warehouse.is_ambiguous
                then warehouse.instance || ':' || warehouse.default_code || '#' || warehouse.warehouse_id
            else warehouse.default_code
        end
    ) as plant,
    coalesce(nullif(configured.name, ''), warehouse.warehouse_name) as name,
    warehouse.company_id,
    warehouse.company,
    warehouse.warehouse_id,
    warehouse.warehouse,
    coalesce(nullif(configured.timezone, ''), warehouse.timezone, 'UTC') as timezone,
    warehouse.currency,
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
