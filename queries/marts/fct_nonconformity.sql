/*
grain = "one row per nonconformity with its milestones (UTC)"
key = ["instance", "record_id"]
person = ["responsible"]
*/
-- The plant is that of the document it was reported on (OCA links one from version 16 on), or the company's only one.
with
nonconformity as (
    select
        *,
        case
            when state = 'done' then 'done'
            when gone_by = 'deleted' then 'deleted'
            when state = 'cancel' then 'cancelled'
            else 'open'
        end as status,
    from stg_mgmtsystem_nonconformity_last
),

stage_change as (
    select
        change.instance,
        change.record_id,
        min(change.event_at) filter (where stage.state = 'open') as planned_at,
        max(change.event_at) filter (where stage.state = 'done') as closed_at,
    from fct_change as change
    left join stg_mgmtsystem_nonconformity_stage_last as stage
        on stage.instance = change.instance and stage.id = try_cast(change.new_value as bigint)
    where change.record_model = 'mgmtsystem.nonconformity' and change.field = 'stage_id'
    group by change.instance, change.record_id
)

select
    nonconformity.instance,
    'mgmtsystem.nonconformity' as record_model,
    nonconformity.id as record_id,
    coalesce(nonconformity.number, nonconformity.name) as name,
    coalesce(document.plant, picking_plant.plant, company.plant) as plant,
    company.company,
    nonconformity.name as subject,
    document.product,
    document.product_family,
    document.amount,
    document.currency,
    coalesce(partner.company_name, 'private partner ' || nonconformity.partner_id) as partner,
    severity.name as severity,
    dim_user.name as responsible,
    stage.name as stage,
    nonconformity.status,
    len(coalesce(nonconformity.action_ids, [])) as action_count,
    nonconformity.created_at,
    stage_change.planned_at,
    if(nonconformity.status = 'done', coalesce(nonconformity.closed_at, stage_change.closed_at), null) as closed_at,
from nonconformity
left join stage_change
    on stage_change.instance = nonconformity.instance and stage_change.record_id = nonconformity.id
left join stg_mgmtsystem_nonconformity_stage_last as stage
    on stage.instance = nonconformity.instance and stage.id = nonconformity.stage_id
left join stg_mgmtsystem_nonconformity_severity_last as severity
    on severity.instance = nonconformity.instance and severity.id = nonconformity.severity_id
left join dim_document as document
    on document.instance = nonconformity.instance
    and document.record_model = nonconformity.document_model
    and document.record_id = nonconformity.document_id
left join stg_stock_picking_last as picking
    on nonconformity.document_model = 'stock.picking'
    and picking.instance = nonconformity.instance
    and picking.id = nonconformity.document_id
left join stg_stock_picking_type_last as picking_type
    on picking_type.instance = picking.instance and picking_type.id = picking.picking_type_id
left join dim_plant as picking_plant
    on picking_plant.instance = picking_type.instance and picking_plant.warehouse_id = picking_type.warehouse_id
left join dim_company as company
    on company.instance = nonconformity.instance and company.company_id = nonconformity.company_id
left join dim_partner as partner
    on partner.instance = nonconformity.instance and partner.partner_id = nonconformity.partner_id
left join dim_user
    on dim_user.instance = nonconformity.instance
    and dim_user.user_id = coalesce(nonconformity.responsible_id, nonconformity.user_id)
