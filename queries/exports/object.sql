/*
title = "Objects of a part"
definition = "The documents of one workflow and plant that began in a span of time, each with what it led to among the documents of the export."
*/
with
document as (
    select
        instance || ':' || record_model || ':' || record_id as object_id,
        *,
    from fct_case
    where variant is not null
        and ($workflow is null or workflow = $workflow)
        and ($plant is null or plant = $plant)
        and ($first_at is null or started_at >= $first_at)
        and ($before_at is null or started_at < $before_at)
),

linked as (
    select
        link.instance,
        link.from_model,
        link.from_id,
        list(struct_pack(object_id := target.object_id, kind := link.kind) order by link.kind, target.object_id) as links,
    from fct_link as link
    inner join document as target
        on target.instance = link.instance
        and target.record_model = link.to_model
        and target.record_id = link.to_id
    group by link.instance, link.from_model, link.from_id
)

select
    document.object_id,
    document.workflow,
    document.name,
    document.plant,
    document.company,
    document.product,
    document.product_family,
    document.vendor,
    document.responsible,
    document.amount,
    document.currency,
    document.outcome,
    linked.links,
from document
left join linked
    on linked.instance = document.instance
    and linked.from_model = document.record_model
    and linked.from_id = document.record_id
where document.workflow = $part_workflow and document.plant is not distinct from $part_plant
order by document.instance, document.record_model, document.record_id
