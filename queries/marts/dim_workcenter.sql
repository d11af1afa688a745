/*
grain = "one row per work center, with the plant it stands in as far as that can be told"
key = ["instance", "workcenter_id"]
*/
-- Odoo keeps the company only: the plant is what ops.toml says, the company's only one, or that of all its work orders.
with
worked as (
    select
        workorder.instance,
        workorder.workcenter_id,
        min(document.plant) as plant,
    from stg_mrp_workorder_last as workorder
    inner join dim_document as document
        on document.instance = workorder.instance
        and document.record_model = 'mrp.production'
        and document.record_id = workorder.production_id
    where document.plant is not null
    group by workorder.instance, workorder.workcenter_id
    having count(distinct document.plant) = 1
)

select
    workcenter.instance,
    workcenter.id as workcenter_id,
    workcenter.name as workcenter,
    workcenter.company_id,
    company.company,
    coalesce(named.plant, company.plant, worked.plant) as plant,
from stg_mrp_workcenter_last as workcenter
left join dim_company as company
    on company.instance = workcenter.instance and company.company_id = workcenter.company_id
left join dim_place as named
    on named.instance = workcenter.instance
    and named.company_id = workcenter.company_id
    and named.name = workcenter.name
left join worked
    on worked.instance = workcenter.instance and worked.workcenter_id = workcenter.id
