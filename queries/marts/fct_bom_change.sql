/*
grain = "one row per production order in the works and change of its bill of materials since its release: a component or an operation"
key = ["instance", "record_id", "part", "part_id", "changed_at"]
*/
with
component as (
    select
        line.instance,
        'component' as part,
        line.id as part_id,
        line.bom_id,
        line.product_id,
        null::varchar as operation,
        [line.product_id::varchar, line.quantity::varchar, line.product_uom_id::varchar] as said,
        line.created_at,
        line.changed_at,
        line.valid_from,
        line.valid_to,
        line.closed_by,
        line.seen_at,
    from stg_mrp_bom_line_history as line
),

operation as (
    select
        operation.instance,
        'operation' as part,
        operation.id as part_id,
        operation.bom_id,
        null::bigint as product_id,
        operation.name as operation,
        [
            operation.name, operation.workcenter_id::varchar, operation.time_mode,
            operation.cycle_minutes::varchar, operation.active::varchar,
        ] as said,
        operation.created_at,
        operation.changed_at,
        operation.valid_from,
        operation.valid_to,
        operation.closed_by,
        operation.seen_at,
    from stg_mrp_routing_workcenter_history as operation
),

version as (
    select
        *,
        lag(said) over earlier as said_before,
        lag(seen_at) over earlier as seen_before,
    from (
        select * from component
        union all
        select * from operation
    )
    window earlier as (partition by instance, part, part_id order by valid_from)
),

change as (
    select
        instance,
        part,
        part_id,
        bom_id,
        product_id,
        operation,
        'changed' as what,
        case
            -- What it was when it was first seen: it was written after it had been made.
            when said_before is null then changed_at
            when changed_at between seen_before and valid_from then changed_at
            else valid_from
        end as changed_at,
    from version
    where if(said_before is null, changed_at > created_at + interval 1 minute, said is distinct from said_before)
    union all by name
    select
        instance,
        part,
        part_id,
        bom_id,
        product_id,
        operation,
        'added' as what,
        created_at as changed_at,
    from version
    where said_before is null
    union all by name
    select
        instance,
        part,
        part_id,
        bom_id,
        product_id,
        operation,
        'removed' as what,
        valid_to as changed_at,
    from version
    where closed_by = 'deleted'
)

select
    production.instance,
    production.record_model,
    production.record_id,
    production.name,
    production.plant,
    change.part,
    change.part_id,
    change.what,
    coalesce(dim_product.product, change.operation, change.part || ' ' || change.part_id) as part_name,
    change.changed_at,
from fct_production_order as production
inner join stg_mrp_production_last as raw_production
    on raw_production.instance = production.instance and raw_production.id = production.record_id
inner join change
    on change.instance = production.instance
    and change.bom_id = raw_production.bom_id
    and change.changed_at > production.released_at
left join dim_product
    on dim_product.instance = change.instance and dim_product.product_id = change.product_id
where production.state in ('confirmed', 'progress', 'to_close')
    -- Odoo 17 and later know whether a confirmed order was brought in line with its bill of materials since.
    and (
        production.state <> 'confirmed'
        or raw_production.is_bom_outdated is distinct from false
    )
qualify row_number() over (
    partition by production.instance, production.record_id, change.part, change.part_id, change.changed_at
    order by change.what
) = 1
