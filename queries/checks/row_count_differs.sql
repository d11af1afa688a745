/*
title = "As many rows as in Odoo"
definition = "After a refresh the warehouse has as many rows of each source as Odoo counted, but for those that came and went meanwhile."
severity = "warn"
owner = "Operator"
remedy = "run `python -m etl refresh --full`; the data health page shows by how much each source differs"
*/
select
    instance,
    source as name,
    'the warehouse has ' || sum(warehouse_count) || ' rows, Odoo ' || sum(odoo_count) as detail,
from reconciliation
group by instance, source
having sum(warehouse_count - odoo_count) <> coalesce(any_value(went - came), 0)
