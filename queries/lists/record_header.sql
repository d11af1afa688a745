/*
title = "Record"
definition = "One document: what it is, where it stands and how long it took."
*/
select
    fct_case.*,
    epoch(case when is_open then $as_of else ended_at end - started_at) as elapsed_seconds,
    odoo_url(url, version, record_model, record_id) as record_url,
from fct_case
left join odoo_instance using (instance)
where instance = $instance and record_model = $record_model and record_id = $record_id
