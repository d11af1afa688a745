/*
title = "Orders waiting for material"
definition = "Released production orders whose components are not all reserved, the longest waiting first, with what is missing and when Odoo forecasts it."
*/
with
component as (
    select
        instance,
        record_id,
        string_agg(component, ', ' order by forecast_at nulls first, move_id) as components,
        if(count(*) = count(forecast_at), max(forecast_at), null) as forecast_at,
    from fct_component_shortage
    where seen_to_at is null
    group by instance, record_id
)

select
    shortage.instance,
    shortage.record_model,
    shortage.record_id,
    shortage.name,
    shortage.plant,
    shortage.product,
    shortage.responsible,
    shortage.short_at as short_since_at,
    epoch($as_of - shortage.short_at) as age_seconds,
    shortage.deadline_at,
    component.components,
    component.forecast_at,
    odoo_url(url, version, record_model, record_id) as record_url,
from fct_shortage as shortage
left join component using (instance, record_id)
left join odoo_instance using (instance)
where shortage.outcome = 'open'
order by shortage.short_at
