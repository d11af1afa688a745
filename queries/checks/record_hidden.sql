/*
title = "No known record is hidden"
definition = "Every record that was read once can still be read, unless it was deleted in Odoo."
severity = "warn"
owner = "Operator"
remedy = "a record rule or a company of the reading user changed: give it back; until then these records stay as last seen"
*/
select
    instance,
    record_model,
    record_id,
    name,
    plant,
from dim_document
where gone_by = 'hidden'
