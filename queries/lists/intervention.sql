/*
title = "Manual interventions of a kind"
definition = "The newest things of a kind that people did by hand where a system could have, at most 200: to what, by whom, and what is known of it."
*/
select
    intervention.instance,
    intervention.record_model,
    intervention.record_id,
    intervention.document_model,
    intervention.document_id,
    intervention.name,
    intervention.plant,
    intervention.product,
    intervention.intervened_at,
    intervention.intervened_by,
    intervention.confidence,
    intervention.detail,
    odoo_url(
        odoo_instance.url, odoo_instance.version, intervention.record_model, intervention.record_id
    ) as record_url,
from fct_intervention as intervention
left join odoo_instance on odoo_instance.instance = intervention.instance
where intervention.kind = $intervention
    and (len($plants::varchar[]) = 0 or list_contains($plants::varchar[], intervention.plant))
order by intervention.intervened_at desc, intervention.record_id desc
limit 200
