/*
grain = "one row per production order that is done and made something: how much, and what of that was not right the first time"
key = ["instance", "record_id"]
person = ["responsible"]
*/
-- Quantities are in the unit of the product. By-products are not counted.
with
product_unit as (
    select
        product.instance,
        product.id as product_id,
        dim_unit.size,
    from stg_product_product_last as product
    inner join stg_product_template_last as template
        on template.instance = product.instance and template.id = product.product_tmpl_id
    inner join dim_unit on dim_unit.instance = template.instance and dim_unit.unit_id = template.uom_id
),

made as (
    select
        move.instance,
        move.production_id,
        any_value(move.product_id) as product_id,
        sum(coalesce(move.done_quantity, move.reserved_quantity) * coalesce(dim_unit.size / product_unit.size, 1))
            as quantity,
    from stg_stock_move_last as move
    inner join stg_mrp_production_last as production
        on production.instance = move.instance
        and production.id = move.production_id
        and production.product_id = move.product_id
    left join dim_unit on dim_unit.instance = move.instance and dim_unit.unit_id = move.product_uom_id
    left join product_unit
        on product_unit.instance = move.instance and product_unit.product_id = move.product_id
    where move.production_id is not null
        and move.state = 'done'
        and move.scrap_id is null
        and not coalesce(move.is_scrapped, false)
    group by move.instance, move.production_id
),

scrapped as (
    select
        instance,
        production_id,
        product_id,
        sum(quantity) as quantity,
    from fct_scrap
    where production_id is not null
    group by instance, production_id, product_id
),

unbuilt as (
    select
        unbuild.instance,
        unbuild.production_id,
        unbuild.product_id,
        sum(unbuild.quantity * coalesce(dim_unit.size / product_unit.size, 1)) as quantity,
    from stg_mrp_unbuild as unbuild
    left join dim_unit on dim_unit.instance = unbuild.instance and dim_unit.unit_id = unbuild.product_uom_id
    left join product_unit
        on product_unit.instance = unbuild.instance and product_unit.product_id = unbuild.product_id
    where unbuild.state = 'done' and unbuild.production_id is not null
    group by unbuild.instance, unbuild.production_id, unbuild.product_id
),

failed as (
    select
        instance,
        production_id,
        sum(quantity) as quantity,
        bool_or(quantity is null) as is_whole,
        bool_or(outcome = 'rework') as is_reworked,
    from fct_hold
    where production_id is not null and has_failed and outcome not in ('cancelled', 'withdrawn')
    group by instance, production_id
),

counted as (
    select
        production.instance,
        production.record_id,
        made.quantity,
        -- An inspection that does not say how much it was about was about all of it.
        case
            when failed.is_whole then made.quantity
            else least(made.quantity, coalesce(failed.quantity, 0))
        end as failed_quantity,
        coalesce(scrapped.quantity, 0) as scrapped_quantity,
        coalesce(unbuilt.quantity, 0) as unbuilt_quantity,
        coalesce(failed.is_reworked, false) or unbuilt.quantity > 0 as is_reworked,
    from fct_production_order as production
    inner join made on made.instance = production.instance and made.production_id = production.record_id
    left join scrapped
        on scrapped.instance = made.instance
        and scrapped.production_id = made.production_id
        and scrapped.product_id = made.product_id
    left join unbuilt
        on unbuilt.instance = made.instance
        and unbuilt.production_id = made.production_id
        and unbuilt.product_id = made.product_id
    left join failed
        on failed.instance = made.instance and failed.production_id = made.production_id
    where production.done_at is not null and made.quantity > 0
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
    production.done_at,
    counted.quantity,
    counted.failed_quantity,
    counted.scrapped_quantity,
    counted.unbuilt_quantity,
    -- What failed and was scrapped or taken apart afterwards is bad once.
    greatest(
        0, counted.quantity - greatest(counted.failed_quantity, counted.scrapped_quantity + counted.unbuilt_quantity)
    ) as first_pass_quantity,
    coalesce(counted.is_reworked, false) as is_reworked,
from fct_production_order as production
inner join counted on counted.instance = production.instance and counted.record_id = production.record_id
