/*
title = "Touches at a step"
definition = "What people did to orders of a workflow that stood at a step, in one plant or all: the orders created in the last 18 weeks that are closed, the newest touches first, at most 200; how long after the touch before, whether it changed anything, and by which rule that is known."
*/
with
shown as (
    select *
    from fct_touch
    where is_closed
        and ($workflow is null or workflow = $workflow)
        and stands_at = $stands_at
        and kind = $touched
        and coalesce(plant = $plant, $plant is null)
    order by changed_nothing desc nulls last, touched_at desc, record_id desc, transaction_id
    limit 200
)

select
    touch.instance,
    touch.record_model,
    touch.record_id,
    document.name,
    touch.plant,
    document.product,
    document.vendor,
    touch.touched_at,
    touch.kind,
    touch.field,
    touch.person,
    touch.confidence,
    touch.since_seconds,
    touch.changed_nothing,
    touch.changed_rule as rule,
    odoo_url(odoo_instance.url, odoo_instance.version, touch.record_model, touch.record_id) as record_url,
from shown as touch
left join dim_document as document
    on document.instance = touch.instance
    and document.record_model = touch.record_model
    and document.record_id = touch.record_id
left join odoo_instance on odoo_instance.instance = touch.instance
order by touch.changed_nothing desc nulls last, touch.touched_at desc, touch.record_id desc, touch.transaction_id
