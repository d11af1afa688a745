/*
title = "Rows against Odoo"
definition = "Rows of the warehouse beside what Odoo counted right after the reading, per source and company; a difference that stays is a gap, one of a few rows is what changed meanwhile."
*/
select
    reconciliation.instance,
    reconciliation.source,
    reconciliation.company_id,
    reconciliation.odoo_count,
    reconciliation.warehouse_count,
    reconciliation.warehouse_count - reconciliation.odoo_count as difference,
    reconciliation.counted_at,
from reconciliation
order by abs(reconciliation.warehouse_count - reconciliation.odoo_count) desc, instance, source, company_id
