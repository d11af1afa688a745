/*
grain = "one row per run of an integration and record it is for"
key = ["event_key", "odoo_model", "odoo_res_id"]
*/
-- Of runs whose source tells for which records they are; what happened to these is told by fct_event.
select distinct
    event_key,
    odoo_instance as instance,
    plant,
    record.odoo_model,
    record.odoo_res_id,
from (
    select
        *,
        unnest(coalesce(odoo_records, [struct_pack(odoo_model := odoo_model, odoo_res_id := odoo_res_id)])) as record,
    from fct_integration_event
    where odoo_res_id is not null or odoo_records is not null
)
