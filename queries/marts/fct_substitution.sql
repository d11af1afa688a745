/*
grain = "one row per production order that consumed something and was made by a bill of materials: how many of its components are not on it"
key = ["instance", "record_id"]
person = ["responsible"]
*/
with
consumed as (
    select
        instance,
        raw_material_production_id as record_id,
        count(*) as component_count,
        count(*) filter (where bom_line_id is null) as substitute_count,
        array_agg(product_id) filter (where bom_line_id is null) as substitute_ids,
        array_agg(bom_line_id) filter (where bom_line_id is not null) as bom_line_ids,
        max(moved_at) as consumed_at,
    from stg_stock_move
    where raw_material_production_id is not null
        and state = 'done'
        and coalesce(done_quantity, reserved_quantity, demand_quantity) > 0
    group by instance, raw_material_production_id
),

-- Of the orders that used something else: what it was, and what of the bill of materials was not used.
other as (
    select
        consumed.instance,
        consumed.record_id,
        string_agg(distinct dim_product.product, ', ' order by dim_product.product) as substitutes,
    from consumed
    inner join dim_product
        on dim_product.instance = consumed.instance and list_contains(consumed.substitute_ids, dim_product.product_id)
    where consumed.substitute_count > 0
    group by consumed.instance, consumed.record_id
),

unused as (
    select
        consumed.instance,
        consumed.record_id,
        string_agg(distinct dim_product.product, ', ' order by dim_product.product) as replaced,
    from consumed
    inner join stg_mrp_production_last as production
        on production.instance = consumed.instance and production.id = consumed.record_id
    inner join stg_mrp_bom_line as line
        on line.instance = consumed.instance and line.bom_id = production.bom_id
    inner join dim_product
        on dim_product.instance = line.instance and dim_product.product_id = line.product_id
    where consumed.substitute_count > 0 and not coalesce(list_contains(consumed.bom_line_ids, line.id), false)
    group by consumed.instance, consumed.record_id
)

select
    production.instance,
    production.record_model,
    production.record_id,
    production.name,
    production.plant,
    production.company,
    production.product,
    production.product_family,
    production.responsible,
    consumed.consumed_at,
    consumed.component_count,
    consumed.substitute_count,
    other.substitutes,
    unused.replaced,
from consumed
inner join fct_production_order as production
    on production.instance = consumed.instance and production.record_id = consumed.record_id
left join stg_mrp_production_last as made
    on made.instance = consumed.instance and made.id = consumed.record_id
left join other on other.instance = consumed.instance and other.record_id = consumed.record_id
left join unused on unused.instance = consumed.instance and unused.record_id = consumed.record_id
where made.bom_id is not null or consumed.bom_line_ids is not null
