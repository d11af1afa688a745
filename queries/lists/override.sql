/*
title = "What was done round a control"
definition = "The newest cases of a kind of manual intervention: to what, by whom, when, and how sure that is."
*/
select
    override.instance,
    coalesce(override.document_model, override.record_model) as record_model,
    coalesce(override.document_id, override.record_id) as record_id,
    override.name,
    override.plant,
    override.product,
    override.intervened_at,
    override.intervened_by,
    override.confidence,
    override.detail,
    odoo_url(odoo_instance.url, odoo_instance.version, override.record_model, override.record_id) as record_url,
from fct_intervention as override
left join odoo_instance on odoo_instance.instance = override.instance
where override.kind = $kind
    and (len($plants::varchar[]) = 0 or list_contains($plants::varchar[], override.plant))
order by override.intervened_at desc, override.record_model, override.record_id
limit $most
