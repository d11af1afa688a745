/*
title = "What held an order"
definition = "The lead time of the production orders of a name, stretch by stretch: who owned it, who held the order besides, and whom or what it waited for. An order that ended before the last 26 weeks has one row without a stretch."
*/
select
    production.instance,
    production.record_model,
    production.record_id,
    production.name,
    production.plant,
    production.state,
    production.created_at,
    coalesce(production.done_at, production.cancelled_at) as ended_at,
    stretch.from_at,
    stretch.to_at,
    stretch.owner,
    stretch.losers,
    stretch.held_by,
    stretch.detail,
    stretch.component,
    stretch.supplier,
    stretch.work_center,
    stretch.is_touch,
    stretch.elapsed_seconds,
    stretch.closed_seconds,
    stretch.open_seconds,
    stretch.has_calendar,
    odoo_url(url, odoo.version, production.record_model, production.record_id) as record_url,
from fct_production_order as production
left join fct_wait as stretch
    on stretch.instance = production.instance and stretch.record_id = production.record_id
left join odoo_instance as odoo on odoo.instance = production.instance
where lower(production.name) = lower($order) and ($plant is null or production.plant = $plant)
order by production.plant, production.instance, production.record_id, stretch.from_at
