/*
grain = "one row per partner; people who are not companies are masked where names are"
key = ["instance", "partner_id"]
person = ["person_name"]
*/
select
    partner.instance,
    partner.id as partner_id,
    commercial.id as company_partner_id,
    case when coalesce(commercial.is_company, partner.is_company) then coalesce(commercial.name, partner.name) end
        as company_name,
    partner.name as person_name,
    partner.is_company,
    partner.active as is_active,
from stg_res_partner_last as partner
left join stg_res_partner_last as commercial
    on commercial.instance = partner.instance and commercial.id = partner.commercial_partner_id
