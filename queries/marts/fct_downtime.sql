/*
grain = "one row per span in which a work center was down: time that its log counts as lost availability"
key = ["instance", "record_id"]
person = ["responsible"]
*/
select
    productivity.instance,
    'mrp.workcenter.productivity' as record_model,
    productivity.id as record_id,
    coalesce(dim_workcenter.workcenter, 'work center ' || productivity.workcenter_id) as name,
    coalesce(document.plant, dim_workcenter.plant) as plant,
    company.company,
    dim_workcenter.workcenter,
    loss.name as reason,
    dim_user.name as responsible,
    productivity.started_at,
    productivity.ended_at,
    productivity.minutes,
from stg_mrp_workcenter_productivity as productivity
left join stg_mrp_workcenter_productivity_loss_last as loss
    on loss.instance = productivity.instance and loss.id = productivity.loss_id
left join stg_mrp_workcenter_productivity_loss_type_last as loss_type
    on loss_type.instance = loss.instance and loss_type.id = loss.loss_type_id
left join dim_workcenter
    on dim_workcenter.instance = productivity.instance and dim_workcenter.workcenter_id = productivity.workcenter_id
left join stg_mrp_workorder_last as workorder
    on workorder.instance = productivity.instance and workorder.id = productivity.workorder_id
left join dim_document as document
    on document.instance = workorder.instance
    and document.record_model = 'mrp.production'
    and document.record_id = workorder.production_id
left join dim_company as company
    on company.instance = productivity.instance
    and company.company_id = coalesce(productivity.company_id, dim_workcenter.company_id)
left join dim_user
    on dim_user.instance = productivity.instance and dim_user.user_id = productivity.user_id
where coalesce(productivity.loss_type, loss_type.loss_type) = 'availability'
    and productivity.started_at <= $as_of
