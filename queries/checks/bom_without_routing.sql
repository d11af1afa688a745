/*
title = "Bills of materials have a routing"
definition = "Where more than half (its limit) of the bills of materials that a plant made something by in the last year have operations, all of them do. With limit = 0 a plant requires it always, with limit = 1 never."
severity = "warn"
about = "master data"
limit = 0.5
owner = "Head of engineering"
remedy = "add the operations, or set the limit of the plant to 1 in ops.toml if it plans without"
*/
with
used as (
    select
        document.instance,
        document.plant,
        production.bom_id,
        any_value(document.product) as product,
    from stg_mrp_production_last as production
    inner join dim_document as document
        on document.instance = production.instance
        and document.record_model = 'mrp.production'
        and document.record_id = production.id
    where document.plant is not null
        and production.created_at > (select max(created_at) from dim_document) - interval 365 day
    group by document.instance, document.plant, production.bom_id
),

judged as (
    select
        used.*,
        bom.code,
        avg((routed.bom_id is not null)::int) over (partition by used.instance, used.plant) as routed_share,
        routed.bom_id is not null as has_routing,
    from used
    inner join stg_mrp_bom as bom on bom.instance = used.instance and bom.id = used.bom_id
    left join (
        select distinct
            instance,
            bom_id,
        from stg_mrp_routing_workcenter
        where coalesce(active, true)
    ) as routed on routed.instance = used.instance and routed.bom_id = used.bom_id
    where bom.type = 'normal' and coalesce(bom.active, true)
)

select
    instance,
    'mrp.bom' as record_model,
    bom_id as record_id,
    coalesce(code || ': ', '') || product as name,
    plant,
    'no operations' as detail,
    not has_routing
    and coalesce(
        routed_share > limit_of('bom_without_routing', plant) or limit_of('bom_without_routing', plant) = 0, false
    ) as is_wrong,
from judged
