/*
title = "Manufacturing lead times are plausible"
definition = "An active bill of materials by which something is made says at most 180 days (its limit) and not less than none; and where more than half of those of an Odoo say a lead time, none says zero: planning would make everything on the day it is wanted. Kits and subcontracted products have none of their own."
severity = "warn"
about = "master data"
limit = 180
owner = "Head of production planning"
remedy = "look how long such orders take, and correct the lead time on the bill of materials (until Odoo 16 on the product)"
*/
with
told as (
    select
        bom.instance,
        bom.id as bom_id,
        coalesce(bom.code || ': ', '') || template.name as name,
        coalesce(bom.lead_days, template.production_lead_days) as days,
        avg((coalesce(bom.lead_days, template.production_lead_days) > 0)::int) over (partition by bom.instance) as share,
    from stg_mrp_bom as bom
    inner join stg_product_template as template
        on template.instance = bom.instance and template.id = bom.product_tmpl_id and coalesce(template.active, true)
    where bom.type = 'normal' and coalesce(bom.active, true)
)

select
    instance,
    'mrp.bom' as record_model,
    bom_id as record_id,
    name,
    null::varchar as plant,
    printf('takes %g days', days) as detail,
    coalesce(
        days < 0 or days > limit_of('production_lead_time_implausible', null) or (days = 0 and share > 0.5), false
    ) as is_wrong,
from told
