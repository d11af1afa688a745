/*
grain = "one row per thing that happened to a document around the orders, and per thing that such a document tells about an order; part of fct_event"
key = ["event_id"]
person = ["old_text", "new_text"]
*/
-- Nothing is dated that Odoo did not date: what has no time has no event. told_by_model, told_by_id: the other document that
-- tells it about this one, such as the receipt of a purchase order. When work on a production order began and ended is its own
-- 'started' and 'ready to close': Odoo derives these from the work orders in the same moment.
with
starting as (
    select
        instance,
        arg_min(id, (sequence, id)) as stage_id,
    from stg_maintenance_stage
    group by instance
),

-- What a stage means, of the models whose stages people make up.
stage as (
    select
        stage.instance,
        'maintenance.request' as record_model,
        stage.id as stage_id,
        case when stage.is_done then 'done' when stage.id = starting.stage_id then 'start' else 'begun' end as kind,
    from stg_maintenance_stage_last as stage
    left join starting on starting.instance = stage.instance
    union all
    select
        instance,
        'quality.alert' as record_model,
        id as stage_id,
        if(is_done, 'done', 'begun') as kind,
    from stg_quality_alert_stage_last
    union all
    select
        instance,
        'mgmtsystem.nonconformity' as record_model,
        id as stage_id,
        state as kind,
    from stg_mgmtsystem_nonconformity_stage_last
),

change as (
    select
        change.*,
        case
            when change.field <> 'stage_id' then change.new_value
            when change.record_model = 'mgmtsystem.nonconformity' then new_stage.kind
            when new_stage.kind = 'done' and old_stage.kind is distinct from 'done' then 'done'
            when old_stage.kind = 'done' and new_stage.kind <> 'done' then 'reopened'
            when old_stage.kind = 'start' then 'begun'
        end as entered,
    from fct_change as change
    left join stage as new_stage
        on change.field = 'stage_id'
        and new_stage.instance = change.instance
        and new_stage.record_model = change.record_model
        and new_stage.stage_id = try_cast(change.new_value as bigint)
    left join stage as old_stage
        on change.field = 'stage_id'
        and old_stage.instance = change.instance
        and old_stage.record_model = change.record_model
        and old_stage.stage_id = try_cast(change.old_value as bigint)
    where change.record_model not in ('mrp.production', 'purchase.order')
),

-- What the chatter tells of each document, so that nothing is told twice.
told as (
    select
        change.instance,
        change.record_model,
        change.record_id,
        min(change.event_at) filter (where dim_activity.activity = 'ready') as first_ready_at,
        bool_or(dim_activity.activity in ('done', 'passed', 'failed', 'closed', 'repaired')) as is_end_told,
        bool_or(dim_activity.activity = 'submitted') as is_submission_told,
        arg_max(change.actor_id, change.event_at) filter (where dim_activity.activity = 'done') as done_by_id,
    from change
    inner join dim_activity
        on dim_activity.record_model = change.record_model
        and dim_activity.field = change.field
        and dim_activity.value = change.entered
    group by change.instance, change.record_model, change.record_id
),

worked as (
    select
        instance,
        workorder_id,
        arg_min(user_id, (started_at, id)) as began_by_id,
        arg_max(user_id, (ended_at, id)) filter (where ended_at is not null) as ended_by_id,
    from stg_mrp_workcenter_productivity_last
    where workorder_id is not null
    group by instance, workorder_id
),

-- A request that was called off is archived, and Odoo dates that nowhere.
called_off as (
    select
        instance,
        id as record_id,
        valid_from as seen_at,
    from stg_maintenance_request_history
    qualify coalesce(is_archived, false)
        and not coalesce(lag(coalesce(is_archived, false)) over (partition by instance, id order by valid_from), true)
),

own_event as (
    select
        instance,
        hash('created', instance, record_model, record_id) as event_id,
        record_model,
        record_id,
        if(workflow in ('maintenance', 'nonconformity'), 'reported', 'created') as activity,
        0 as rank,
        created_at as event_at,
        'exact' as time_quality,
        created_by_id as actor_id,
        'create' as recorded_by,
    from dim_related_document
    union all by name
    select
        instance,
        hash('gone', instance, record_model, record_id) as event_id,
        record_model,
        record_id,
        case gone_by when 'deleted' then 'deleted' else 'no longer visible' end as activity,
        99 as rank,
        gone_at as event_at,
        'snapshot' as time_quality,
        'snapshot' as recorded_by,
    from dim_related_document
    where gone_at is not null
    union all by name
    select
        change.instance,
        hash('tracking', change.instance, change.tracking_id) as event_id,
        change.record_model,
        change.record_id,
        case
            when dim_activity.activity is not null then dim_activity.activity
            when change.field = 'stage_id' then 'stage changed'
            else coalesce(replace(change.field, '_', ' '), 'removed field') || ' changed'
        end as activity,
        coalesce(dim_activity.rank, 90) as rank,
        change.field,
        change.old_value,
        change.new_value,
        change.old_label,
        change.new_label,
        change.old_text,
        change.new_text,
        change.event_at,
        'exact' as time_quality,
        change.actor_id,
        change.message_id,
        'tracking' as recorded_by,
    from change
    left join dim_activity
        on dim_activity.record_model = change.record_model
        and dim_activity.field = change.field
        and dim_activity.value = change.entered
    union all by name
    -- Whoever closes an order closes its work orders with it: that says nothing of the work.
    select
        work_order.instance,
        hash(step.activity, work_order.instance, work_order.record_model, work_order.record_id) as event_id,
        work_order.record_model,
        work_order.record_id,
        if(
            step.activity = 'finished' and work_order.started_at is null, 'closed with its order', step.activity
        ) as activity,
        step.rank,
        if(step.activity = 'started', work_order.started_at, work_order.finished_at) as event_at,
        'exact' as time_quality,
        if(
            work_order.is_time_recorded, if(step.activity = 'started', worked.began_by_id, worked.ended_by_id), null
        ) as actor_id,
        if(work_order.is_time_recorded, 'time log', 'record') as recorded_by,
    from fct_work_order as work_order
    cross join (values ('started', 40), ('finished', 60)) as step (activity, rank)
    left join worked
        on worked.instance = work_order.instance and worked.workorder_id = work_order.record_id
    union all by name
    -- Odoo records nothing about the birth of a transfer, such as one that is ready from the beginning.
    select
        transfer.instance,
        hash('ready', transfer.instance, transfer.record_model, transfer.record_id) as event_id,
        transfer.record_model,
        transfer.record_id,
        'ready' as activity,
        30 as rank,
        transfer.created_at as event_at,
        'derived' as time_quality,
        recorded.created_by_id as actor_id,
        'birth' as recorded_by,
    from fct_transfer as transfer
    inner join stg_stock_picking_last as recorded
        on recorded.instance = transfer.instance and recorded.id = transfer.record_id
    left join told
        on told.instance = transfer.instance
        and told.record_model = transfer.record_model
        and told.record_id = transfer.record_id
    where transfer.ready_at = transfer.created_at and coalesce(told.first_ready_at > transfer.created_at, true)
    union all by name
    -- What the chatter does not tell, and the document does.
    select
        document.instance,
        hash('end', document.instance, document.record_model, document.record_id) as event_id,
        document.record_model,
        document.record_id,
        case document.workflow
            when 'transfer' then 'done'
            when 'maintenance' then 'repaired'
            when 'nonconformity' then 'closed'
            else case document.record_model
                when 'quality.alert' then 'closed'
                else if(document.state in ('success', 'pass'), 'passed', 'failed')
            end
        end as activity,
        case
            when document.workflow <> 'quality' or document.record_model = 'quality.alert' then 60
            else if(document.state in ('success', 'pass'), 50, 51)
        end as rank,
        case document.record_model
            when 'qc.inspection' then inspection.done_at
            when 'quality.check' then checked.checked_at
            when 'quality.alert' then alert.closed_at
            else document.ended_at
        end as event_at,
        if(document.workflow = 'maintenance', 'date', 'exact') as time_quality,
        checked.user_id as actor_id,
        'record' as recorded_by,
    from dim_related_document as document
    left join stg_qc_inspection_last as inspection
        on document.record_model = 'qc.inspection'
        and inspection.instance = document.instance
        and inspection.id = document.record_id
        and inspection.state in ('success', 'failed')
    left join stg_quality_check_last as checked
        on document.record_model = 'quality.check'
        and checked.instance = document.instance
        and checked.id = document.record_id
        and checked.result in ('pass', 'fail')
    left join stg_quality_alert_last as alert
        on document.record_model = 'quality.alert'
        and alert.instance = document.instance
        and alert.id = document.record_id
    left join told
        on told.instance = document.instance
        and told.record_model = document.record_model
        and told.record_id = document.record_id
    where not coalesce(told.is_end_told, false)
        and (document.workflow = 'quality' or document.outcome = 'completed')
        and document.workflow in ('transfer', 'quality', 'maintenance', 'nonconformity')
    union all by name
    select
        request.instance,
        hash('work begun', request.instance, request.record_model, request.record_id) as event_id,
        request.record_model,
        request.record_id,
        'work begun' as activity,
        20 as rank,
        request.created_at as event_at,
        'derived' as time_quality,
        recorded.created_by_id as actor_id,
        'birth' as recorded_by,
    from fct_maintenance_request as request
    inner join stg_maintenance_request_last as recorded
        on recorded.instance = request.instance and recorded.id = request.record_id
    where request.responded_at = request.created_at and request.done_at is distinct from request.responded_at
    union all by name
    select
        instance,
        hash('called off', instance, 'maintenance.request', record_id, seen_at) as event_id,
        'maintenance.request' as record_model,
        record_id,
        'cancelled' as activity,
        70 as rank,
        seen_at as event_at,
        'snapshot' as time_quality,
        'snapshot' as recorded_by,
    from called_off
    union all by name
    select
        request.instance,
        hash('submitted', request.instance, 'approval.request', request.id) as event_id,
        'approval.request' as record_model,
        request.id as record_id,
        'submitted' as activity,
        20 as rank,
        request.submitted_at as event_at,
        'exact' as time_quality,
        request.requested_by_id as actor_id,
        'record' as recorded_by,
    from stg_approval_request_last as request
    left join told
        on told.instance = request.instance
        and told.record_model = 'approval.request'
        and told.record_id = request.id
    where not coalesce(told.is_submission_told, false)
    union all by name
    -- Goods are held by the document that holds them.
    select
        hold.instance,
        hash(step.name, hold.hold_id) as event_id,
        hold.record_model,
        hold.record_id,
        case
            when step.name = 'held' then 'goods held'
            when hold.outcome in ('scrapped', 'returned') then 'goods ' || hold.outcome
            else 'goods released'
        end as activity,
        step.rank,
        if(step.name = 'held', hold.held_at, hold.ended_at) as event_at,
        'derived' as time_quality,
        'hold' as recorded_by,
    from fct_hold as hold
    cross join (values ('held', 15), ('let go', 55)) as step (name, rank)
    where hold.source <> 'quarantine stock'
        and (step.name = 'held' or hold.outcome in ('released', 'rework', 'cancelled', 'scrapped', 'returned'))
    union all by name
    select
        instance,
        hash('review requested', instance, id) as event_id,
        document_model as record_model,
        document_id as record_id,
        'review requested' as activity,
        33 as rank,
        'tier ' || sequence as field,
        'pending' as new_value,
        created_at as event_at,
        'exact' as time_quality,
        requested_by_id as actor_id,
        'tier review' as recorded_by,
    from stg_tier_review_last
    where document_model not in ('mrp.production', 'purchase.order')
    union all by name
    select
        instance,
        hash('review decided', instance, id) as event_id,
        document_model as record_model,
        document_id as record_id,
        'review ' || status as activity,
        34 as rank,
        'tier ' || sequence as field,
        'pending' as old_value,
        status as new_value,
        reviewed_at as event_at,
        'exact' as time_quality,
        done_by_id as actor_id,
        'tier review' as recorded_by,
    from stg_tier_review_last
    where status in ('approved', 'rejected') and document_model not in ('mrp.production', 'purchase.order')
    union all by name
    select
        entry.instance,
        hash('studio', entry.instance, entry.id) as event_id,
        entry.document_model as record_model,
        entry.document_id as record_id,
        if(entry.is_approved, 'approval granted', 'approval refused') as activity,
        35 as rank,
        rule.name as field,
        entry.created_at as event_at,
        'exact' as time_quality,
        entry.user_id as actor_id,
        'studio approval' as recorded_by,
    from stg_studio_approval_entry_last as entry
    left join stg_studio_approval_rule_last as rule
        on rule.instance = entry.instance and rule.id = entry.rule_id
    where entry.document_model not in ('mrp.production', 'purchase.order')
),

receipt as (
    select distinct
        move.instance,
        move.picking_id,
        line.order_id,
    from stg_stock_move_last as move
    inner join stg_purchase_order_line_last as line
        on line.instance = move.instance and line.id = move.purchase_line_id
    where move.picking_id is not null and move.state = 'done'
),

-- Portions of an order's goods that are held at a time are one hold, from the first to the last of them.
held as (
    select
        *,
        coalesce(
            held_at > max(coalesce(ended_at, 'infinity')) over (
                partition by instance, purchase_id order by held_at, hold_id
                rows between unbounded preceding and 1 preceding
            ), true
        ) as is_first,
    from fct_hold
    where purchase_id is not null and held_at is not null
),

order_hold as (
    select
        instance,
        purchase_id,
        number,
        min(held_at) as held_at,
        arg_min(record_model, (held_at, hold_id)) as held_by_model,
        arg_min(record_id, (held_at, hold_id)) as held_by_id,
        if(bool_and(ended_at is not null), max(ended_at), null) as ended_at,
        arg_max(record_model, (ended_at, hold_id)) as ended_by_model,
        arg_max(record_id, (ended_at, hold_id)) as ended_by_id,
        arg_max(outcome, (ended_at, hold_id)) = 'withdrawn' as is_end_seen,
        bool_and(outcome in ('scrapped', 'returned', 'rejected')) as is_rejected,
    from (
        select
            *,
            sum(is_first::int) over (partition by instance, purchase_id order by held_at, hold_id) as number,
        from held
    )
    group by instance, purchase_id, number
),

-- What happened to a purchase order by what others tell.
order_event as (
    select
        receipt.instance,
        hash('received', receipt.instance, receipt.order_id, receipt.picking_id) as event_id,
        receipt.order_id as record_id,
        'received' as activity,
        45 as rank,
        transfer.done_at as event_at,
        'exact' as time_quality,
        told.done_by_id as actor_id,
        'transfer' as recorded_by,
        'stock.picking' as told_by_model,
        receipt.picking_id as told_by_id,
    from receipt
    inner join fct_transfer as transfer
        on transfer.instance = receipt.instance and transfer.record_id = receipt.picking_id
    left join told
        on told.instance = receipt.instance
        and told.record_model = 'stock.picking'
        and told.record_id = receipt.picking_id
    where transfer.kind in ('receipt', 'subcontracted receipt', 'dropship')
    union all by name
    select
        instance,
        hash('held', instance, purchase_id, held_at) as event_id,
        purchase_id as record_id,
        'goods held' as activity,
        46 as rank,
        held_at as event_at,
        'exact' as time_quality,
        'hold' as recorded_by,
        held_by_model as told_by_model,
        held_by_id as told_by_id,
    from order_hold
    union all by name
    select
        instance,
        hash('let go', instance, purchase_id, held_at) as event_id,
        purchase_id as record_id,
        if(is_rejected, 'goods rejected', 'goods released') as activity,
        47 as rank,
        ended_at as event_at,
        if(is_end_seen, 'snapshot', 'exact') as time_quality,
        if(is_end_seen, 'snapshot', 'hold') as recorded_by,
        ended_by_model as told_by_model,
        ended_by_id as told_by_id,
    from order_hold
)

select event.*
from own_event as event
semi join dim_related_document as document
    on document.instance = event.instance
    and document.record_model = event.record_model
    and document.record_id = event.record_id
where event.event_at is not null
union all by name
select
    event.*,
    'purchase.order' as record_model,
from order_event as event
semi join dim_document as document
    on document.instance = event.instance
    and document.record_model = 'purchase.order'
    and document.record_id = event.record_id
where event.event_at is not null
