/*
title = "Cases of a way"
definition = "The 200 newest cases of a workflow in a plant that took a way: one of its variants, by its number there."
*/
select
    document.instance,
    document.record_model,
    document.record_id,
    document.name,
    document.plant,
    document.product,
    document.vendor,
    document.started_at,
    document.ended_at,
    document.is_open,
    epoch(coalesce(document.ended_at, $as_of) - document.started_at) as elapsed_seconds,
    odoo_url(url, version, document.record_model, document.record_id) as record_url,
from fct_case as document
inner join fct_variant as way
    on way.workflow = document.workflow
    and way.plant is not distinct from document.plant
    and way.variant = document.variant
left join odoo_instance on odoo_instance.instance = document.instance
where ($workflow is null or document.workflow = $workflow)
    and way.plant is not distinct from $plant
    and way.variant_number = $number
order by document.started_at desc, document.record_id desc
limit 200
