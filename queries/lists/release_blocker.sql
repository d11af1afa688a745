/*
title = "What keeps orders from beginning"
definition = "Production orders that have not begun and what is known to keep each of them: material, routing, capacity or an approval (see Release blockers), those due first come first. An order held up by two of them has two lines."
*/
select
    blocker.instance,
    blocker.record_model,
    blocker.record_id,
    blocker.name,
    blocker.plant,
    blocker.product,
    blocker.responsible,
    blocker.state,
    blocker.blocker,
    blocker.detail,
    blocker.entered_at,
    epoch($as_of - blocker.entered_at) as age_seconds,
    production.deadline_at,
    coalesce(production.deadline_at < $as_of, false) as is_late,
    odoo_url(odoo_instance.url, odoo_instance.version, blocker.record_model, blocker.record_id) as record_url,
from fct_release_blocker as blocker
inner join fct_production_order as production
    on production.instance = blocker.instance and production.record_id = blocker.record_id
left join odoo_instance on odoo_instance.instance = blocker.instance
where blocker.left_at is null
order by production.deadline_at nulls last, blocker.entered_at, blocker.record_id, blocker.blocker
