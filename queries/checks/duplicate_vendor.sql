/*
title = "Each vendor is there once"
definition = "No two vendors (companies something was ordered from, or that have a price) have the same tax number, or the same name but for accents, punctuation, and the kind of company."
severity = "warn"
about = "master data"
owner = "Head of purchasing"
remedy = "merge the two in Odoo, or archive the one that is not to be used"
*/
with
vendor as (
    select distinct
        partner.instance,
        partner.id,
        partner.name,
        partner.tax_number,
        partner.is_company,
        array_to_string(
            list_filter(
                string_split(trim(regexp_replace(lower(strip_accents(partner.name)), '[^\pL\pN]+', ' ', 'g')), ' '),
                lambda word: word not in (
                    'gmbh', 'ag', 'kg', 'inc', 'incorporated', 'ltd', 'limited', 'llc', 'co', 'company', 'corp',
                    'corporation', 'sa', 'sas', 'sarl', 'srl', 'spa', 'bv', 'nv', 'pte', 'plc', 'oy', 'ab'
                )
            ), ' '
        ) as plain_name,
    from stg_res_partner as partner
    inner join (
        select
            instance,
            partner_id,
        from stg_product_supplierinfo
        union
        select
            instance,
            partner_id,
        from stg_purchase_order
    ) as used on used.instance = partner.instance and used.partner_id = partner.id
    where coalesce(partner.active, true) and coalesce(partner.commercial_partner_id, partner.id) = partner.id
)

select
    vendor.instance,
    'res.partner' as record_model,
    vendor.id as record_id,
    if(vendor.is_company, vendor.name, 'private vendor ' || vendor.id) as name,
    null::varchar as plant,
    min(earlier.id) as earlier_id,
    case
        when earlier_id is null then null
        when bool_or(vendor.tax_number = earlier.tax_number) then 'same tax number as vendor ' || earlier_id
        else 'same name as vendor ' || earlier_id
    end as detail,
    earlier_id is not null as is_wrong,
from vendor
left join vendor as earlier
    on earlier.instance = vendor.instance
    and earlier.id < vendor.id
    and (
        earlier.tax_number = vendor.tax_number
        or (earlier.plain_name = vendor.plain_name and vendor.plain_name <> '' and vendor.is_company)
    )
group by vendor.instance, vendor.id, vendor.name, vendor.is_company
