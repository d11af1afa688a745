/*
title = "Rows against Odoo"
definition = "Rows of the warehouse beside what Odoo counted right after the reading, per source and company, and the rows that came and went while it was read: what these explain is read by the next refresh, what they do not is a gap."
*/
select
    reconciliation.instance,
    reconciliation.source,
    reconciliation.company_id,
    named.company,
    reconciliation.odoo_count,
    reconciliation.warehouse_count,
    reconciliation.warehouse_count - reconciliation.odoo_count as difference,
    reconciliation.came as came_meanwhile,
    reconciliation.went as went_meanwhile,
    sum(reconciliation.warehouse_count - reconciliation.odoo_count)
        over (partition by reconciliation.instance, reconciliation.source) = coalesce(went - came, 0)
        as is_explained,
    reconciliation.counted_at,
from reconciliation
left join (select distinct instance, company_id, company from dim_plant) as named using (instance, company_id)
order by is_explained, abs(difference) desc, reconciliation.instance, reconciliation.source, reconciliation.company_id
