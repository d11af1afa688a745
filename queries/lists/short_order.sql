/*
title = "Orders waiting for material"
definition = "Released production orders whose components are not all reserved, the longest waiting first."
*/
select
    instance,
    record_model,
    record_id,
    name,
    plant,
    product,
    responsible,
    short_at as short_since_at,
    epoch($as_of - short_at) as age_seconds,
    deadline_at,
    odoo_url(url, version, record_model, record_id) as record_url,
from fct_shortage
left join odoo_instance using (instance)
where outcome = 'open'
order by short_at
