/*
grain = "one row per document around production and purchase orders: work order, transfer, inspection, quality check or alert, maintenance request, nonconformity, approval request"
key = ["instance", "record_model", "record_id"]
person = ["responsible"]
*/
-- ended_at is null where its end is not recorded. Goods that are still held keep a quality document open.
with
quality_source as (
    select
        instance,
        'qc.inspection' as record_model,
        id as record_id,
        name,
        state,
        case
            when state in ('success', 'failed') then 'completed'
            when gone_by = 'deleted' then 'deleted'
            when state = 'canceled' then 'cancelled'
            else 'open'
        end as outcome,
        coalesce(
            picking_id, case when document like 'stock.picking,%' then try_cast(split_part(document, ',', 2) as bigint) end
        ) as picking_id,
        coalesce(
            production_id,
            case when document like 'mrp.production,%' then try_cast(split_part(document, ',', 2) as bigint) end
        ) as production_id,
        product_id,
        company_id,
        user_id,
        if(state in ('success', 'failed'), done_at, null) as decided_at,
        created_at,
        created_by_id,
        gone_at,
        gone_by,
    from stg_qc_inspection_last
    union all by name
    -- Instructions, pictures and registrations are steps of work, not decisions about goods.
    select
        instance,
        'quality.check' as record_model,
        id as record_id,
        coalesce(name, title) as name,
        result as state,
        case
            when result in ('pass', 'fail') then 'completed'
            when gone_by = 'deleted' then 'deleted'
            when result = 'none' then 'open'
            else 'cancelled'
        end as outcome,
        picking_id,
        production_id,
        product_id,
        company_id,
        user_id,
        if(result in ('pass', 'fail'), checked_at, null) as decided_at,
        created_at,
        created_by_id,
        gone_at,
        gone_by,
    from stg_quality_check_last
    where result is not null and coalesce(test_type, 'passfail') in ('passfail', 'measure', 'worksheet', 'spreadsheet')
    union all by name
    select
        alert.instance,
        'quality.alert' as record_model,
        alert.id as record_id,
        coalesce(alert.name, alert.title) as name,
        stage.name as state,
        case
            when alert.closed_at is not null or coalesce(stage.is_done, false) then 'completed'
            when alert.gone_by = 'deleted' then 'deleted'
            else 'open'
        end as outcome,
        alert.picking_id,
        alert.production_id,
        alert.product_id,
        alert.company_id,
        alert.user_id,
        alert.closed_at as decided_at,
        alert.created_at,
        alert.created_by_id,
        alert.gone_at,
        alert.gone_by,
    from stg_quality_alert_last as alert
    left join stg_quality_alert_stage_last as stage
        on stage.instance = alert.instance and stage.id = alert.stage_id
),

quality as (
    select
        source.instance,
        source.record_model,
        source.record_id,
        'quality' as workflow,
        source.name,
        coalesce(transfer.name, production.name) as origin,
        source.state,
        if(source.outcome = 'completed' and hold.outcome = 'open', 'open', source.outcome) as outcome,
        coalesce(hold.plant, transfer.plant, production.plant, company.plant) as plant,
        company.company,
        coalesce(hold.product, dim_product.product) as product,
        coalesce(hold.product_family, dim_product.family) as product_family,
        hold.vendor,
        coalesce(hold.responsible, dim_user.name) as responsible,
        source.created_at,
        source.created_by_id,
        case
            when source.outcome = 'deleted' then source.gone_at
            when source.outcome <> 'open' and hold.outcome is distinct from 'open'
                then greatest(source.decided_at, hold.ended_at)
        end as ended_at,
        source.gone_at,
        source.gone_by,
    from quality_source as source
    left join fct_hold as hold
        on hold.instance = source.instance
        and hold.hold_id = source.record_model || ':' || source.instance || ':' || source.record_id
    left join fct_transfer as transfer
        on transfer.instance = source.instance and transfer.record_id = source.picking_id
    left join dim_document as production
        on production.instance = source.instance
        and production.record_model = 'mrp.production'
        and production.record_id = source.production_id
    left join dim_company as company
        on company.instance = source.instance and company.company_id = source.company_id
    left join dim_product
        on dim_product.instance = source.instance and dim_product.product_id = source.product_id
    left join dim_user
        on dim_user.instance = source.instance and dim_user.user_id = source.user_id
),

work_order as (
    select
        work_order.instance,
        work_order.record_model,
        work_order.record_id,
        'work order' as workflow,
        work_order.name,
        work_order.production as origin,
        work_order.state,
        case
            when work_order.state = 'done' then 'completed'
            when recorded.gone_by = 'deleted' then 'deleted'
            when work_order.state = 'cancel' then 'cancelled'
            else 'open'
        end as outcome,
        work_order.plant,
        work_order.company,
        work_order.product,
        work_order.product_family,
        work_order.responsible,
        work_order.created_at,
        recorded.created_by_id,
        coalesce(work_order.finished_at, if(recorded.gone_by = 'deleted', recorded.gone_at, null)) as ended_at,
        recorded.gone_at,
        recorded.gone_by,
    from fct_work_order as work_order
    inner join stg_mrp_workorder_last as recorded
        on recorded.instance = work_order.instance and recorded.id = work_order.record_id
),

transfer as (
    select
        transfer.instance,
        transfer.record_model,
        transfer.record_id,
        'transfer' as workflow,
        transfer.name,
        transfer.origin,
        transfer.state,
        case transfer.state
            when 'done' then 'completed' when 'cancel' then 'cancelled' when 'deleted' then 'deleted' else 'open'
        end as outcome,
        transfer.plant,
        transfer.company,
        transfer.product,
        transfer.product_family,
        if(transfer.kind in ('receipt', 'subcontracted receipt', 'dropship'), transfer.partner, null) as vendor,
        transfer.responsible,
        transfer.created_at,
        recorded.created_by_id,
        coalesce(transfer.done_at, transfer.cancelled_at) as ended_at,
        recorded.gone_at,
        recorded.gone_by,
    from fct_transfer as transfer
    inner join stg_stock_picking_last as recorded
        on recorded.instance = transfer.instance and recorded.id = transfer.record_id
),

maintenance as (
    select
        request.instance,
        request.record_model,
        request.record_id,
        'maintenance' as workflow,
        request.name,
        production.name as origin,
        request.stage as state,
        if(request.status = 'done', 'completed', request.status) as outcome,
        request.plant,
        request.company,
        request.responsible,
        request.created_at,
        recorded.created_by_id,
        coalesce(request.done_at, if(request.status = 'deleted', recorded.gone_at, null)) as ended_at,
        recorded.gone_at,
        recorded.gone_by,
    from fct_maintenance_request as request
    inner join stg_maintenance_request_last as recorded
        on recorded.instance = request.instance and recorded.id = request.record_id
    left join dim_document as production
        on production.instance = recorded.instance
        and production.record_model = 'mrp.production'
        and production.record_id = recorded.production_id
),

nonconformity as (
    select
        nonconformity.instance,
        nonconformity.record_model,
        nonconformity.record_id,
        'nonconformity' as workflow,
        nonconformity.name,
        recorded.reference as origin,
        nonconformity.stage as state,
        if(nonconformity.status = 'done', 'completed', nonconformity.status) as outcome,
        nonconformity.plant,
        nonconformity.company,
        nonconformity.product,
        nonconformity.product_family,
        nonconformity.partner as vendor,
        nonconformity.responsible,
        nonconformity.created_at,
        recorded.created_by_id,
        coalesce(nonconformity.closed_at, if(nonconformity.status = 'deleted', recorded.gone_at, null)) as ended_at,
        recorded.gone_at,
        recorded.gone_by,
    from fct_nonconformity as nonconformity
    inner join stg_mgmtsystem_nonconformity_last as recorded
        on recorded.instance = nonconformity.instance and recorded.id = nonconformity.record_id
),

-- When a request was decided is told by its chatter alone.
decision as (
    select
        instance,
        record_id,
        max(event_at) as decided_at,
    from fct_change
    where record_model = 'approval.request' and field = 'request_status' and new_value in ('approved', 'refused', 'cancel')
    group by instance, record_id
),

approval as (
    select
        request.instance,
        'approval.request' as record_model,
        request.id as record_id,
        'approval' as workflow,
        coalesce(request.name, category.name) as name,
        request.reference as origin,
        request.status as state,
        case
            when request.status in ('approved', 'refused') then 'completed'
            when request.gone_by = 'deleted' then 'deleted'
            when request.status = 'cancel' then 'cancelled'
            else 'open'
        end as outcome,
        company.plant,
        company.company,
        dim_user.name as responsible,
        request.amount,
        request.created_at,
        request.created_by_id,
        case
            when request.status in ('approved', 'refused', 'cancel') then decision.decided_at
            when request.gone_by = 'deleted' then request.gone_at
        end as ended_at,
        request.gone_at,
        request.gone_by,
    from stg_approval_request_last as request
    left join decision
        on decision.instance = request.instance and decision.record_id = request.id
    left join stg_approval_category_last as category
        on category.instance = request.instance and category.id = request.category_id
    left join dim_company as company
        on company.instance = request.instance and company.company_id = request.company_id
    left join dim_user
        on dim_user.instance = request.instance and dim_user.user_id = request.requested_by_id
)

select * from work_order
union all by name
select * from transfer
union all by name
select * from quality
union all by name
select * from maintenance
union all by name
select * from nonconformity
union all by name
select * from approval
