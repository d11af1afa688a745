/*
grain = "one row per company, with its plant where it has just one: what Odoo keeps by company is of that plant then"
key = ["instance", "company_id"]
*/
select
    company.instance,
    company.id as company_id,
    company.name as company,
    currency.name as currency,
    only_plant.plant,
from stg_res_company_last as company
left join stg_res_currency_last as currency
    on currency.instance = company.instance and currency.id = company.currency_id
left join (
    select
        instance,
        company_id,
        min(plant) as plant,
    from dim_plant
    group by instance, company_id
    having count(*) = 1
) as only_plant on only_plant.instance = company.instance and only_plant.company_id = company.id
