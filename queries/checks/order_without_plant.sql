/*
title = "Every production order belongs to a plant"
definition = "A production order's operation type leads to a warehouse."
severity = "warn"
owner = "Operator"
remedy = "give the operation types of these orders a warehouse in Odoo"
*/
select
    instance,
    record_model,
    record_id,
    name,
    plant,
from fct_production_order
where plant is null
