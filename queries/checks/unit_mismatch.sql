/*
title = "Units of measure fit"
definition = "A component in a bill of materials, and a vendor's price, are in a unit that the product's own can be turned into: pieces and dozens, not pieces and kilograms."
severity = "warn"
about = "master data"
owner = "Head of engineering"
remedy = "choose a unit of the product's own kind: until then quantities are converted wrongly, or not at all"
*/
with
used as (
    select
        line.instance,
        'mrp.bom' as record_model,
        line.bom_id as record_id,
        line.product_id,
        product.product_tmpl_id,
        line.product_uom_id,
    from stg_mrp_bom_line as line
    inner join stg_mrp_bom as bom
        on bom.instance = line.instance and bom.id = line.bom_id and coalesce(bom.active, true)
    inner join stg_product_product as product
        on product.instance = line.instance and product.id = line.product_id
    union all
    select
        info.instance,
        'product.supplierinfo' as record_model,
        info.id as record_id,
        null::bigint as product_id,
        info.product_tmpl_id,
        info.product_uom_id,
    from stg_product_supplierinfo as info
)

select
    used.instance,
    used.record_model,
    used.record_id,
    coalesce(
        any_value(template.name) filter (where unit.dimension <> own_unit.dimension), any_value(template.name)
    ) as name,
    null::varchar as plant,
    any_value(unit.unit || ' for a product in ' || own_unit.unit)
        filter (where unit.dimension <> own_unit.dimension) as detail,
    coalesce(bool_or(unit.dimension <> own_unit.dimension), false) as is_wrong,
from used
inner join stg_product_template as template
    on template.instance = used.instance and template.id = used.product_tmpl_id
inner join dim_unit as unit on unit.instance = used.instance and unit.unit_id = used.product_uom_id
inner join dim_unit as own_unit on own_unit.instance = template.instance and own_unit.unit_id = template.uom_id
group by used.instance, used.record_model, used.record_id
