/*
title = "Exceptions"
definition = "Records that an exception rule names, overdue and severe ones first."
*/
select
    fct_exception.*,
    odoo_url(url, version, record_model, record_id) as record_url,
from fct_exception
left join odoo_instance using (instance)
order by is_overdue desc, list_position(['high', 'medium', 'low'], severity), age_seconds desc
