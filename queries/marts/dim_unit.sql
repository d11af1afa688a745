/*
grain = "one row per unit of measure, with how many of its reference units it is, and which units it can be turned into"
key = ["instance", "unit_id"]
*/
-- From 19 on a unit is so many of another one; units with the same last one in that chain measure the same.
with recursive
chain as (
    select
        instance,
        id as unit_id,
        id as reference_id,
        relative_uom_id as next_id,
        0 as depth,
    from stg_uom_uom_last
    union all
    select
        chain.instance,
        chain.unit_id,
        uom.id as reference_id,
        uom.relative_uom_id as next_id,
        chain.depth + 1 as depth,
    from chain
    inner join stg_uom_uom_last as uom
        on uom.instance = chain.instance and uom.id = chain.next_id
    where chain.depth < 10
)

select
    uom.instance,
    uom.id as unit_id,
    uom.name as unit,
    -- Up to Odoo 18 the factor says it the other way round; a unit of nothing has no size.
    case
        when uom.factor <= 0 then null
        when try_cast(regexp_extract(odoo_instance.version, '[0-9]+') as integer) >= 19 then uom.factor
        else 1 / uom.factor
    end as size,
    coalesce('category ' || uom.category_id, 'unit ' || arg_max(chain.reference_id, chain.depth)) as dimension,
from stg_uom_uom_last as uom
left join odoo_instance on odoo_instance.instance = uom.instance
left join chain on chain.instance = uom.instance and chain.unit_id = uom.id
group by uom.instance, uom.id, uom.name, uom.factor, uom.category_id, odoo_instance.version
