/*
title = "Vendors' lead times are plausible"
definition = "A vendor's price that holds says that the product comes after at least one day, and at most 180 (its limit)."
severity = "warn"
about = "master data"
limit = 180
owner = "Head of purchasing"
remedy = "ask the vendor, and correct the lead time on the product"
*/
select
    info.instance,
    'product.supplierinfo' as record_model,
    info.id as record_id,
    coalesce(partner.company_name, 'private vendor ' || info.partner_id) || ': ' || template.name as name,
    null::varchar as plant,
    'delivers after ' || coalesce(info.lead_days, 0) || ' days' as detail,
    coalesce(
        coalesce(info.lead_days, 0) < 1 or info.lead_days > limit_of('vendor_lead_time_implausible', null), false
    ) as is_wrong,
from stg_product_supplierinfo as info
inner join stg_product_template as template
    on template.instance = info.instance and template.id = info.product_tmpl_id and coalesce(template.active, true)
left join dim_partner as partner
    on partner.instance = info.instance and partner.partner_id = info.partner_id
where coalesce(info.valid_to_on, date '9999-12-31') >= (select max(created_at)::date from dim_document)
