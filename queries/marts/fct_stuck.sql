/*
grain = "one row per span in which something stood still (a kind of standstill, and the record it befell), that is open or began in the last 26 weeks"
key = ["kind", "stuck_id"]
person = ["responsible", "ended_by"]
*/
-- kind      from                                               until
-- approval  the turn of a step of approval                     its decision, or the end of the question
-- shortage  a released production order lacks material         it is reserved, started short or cancelled
-- hold      goods are held for quality                         they are released, reworked, scrapped or returned
-- release   a production order is made as a draft              it is released or cancelled
-- quotation a purchase order is made as a request              it is ordered
-- receipt   the promised day of a purchase line is over        all of it is there
-- operation the planned end of a work order is over            it is done
-- run       a run of an integration failed or got stuck        it succeeded, or somebody resolved it
-- Where no end is known, and the record has moved on, there is no row. about_model and about_id: the document that
-- stands still with it: of an operation its production order, of a run the one it is for. timeline_model and
-- timeline_id: the document whose events tell of it, if there is one. role: who is to see to it, where the span says so.
with
plan as (
    select
        instance,
        record_id,
        arg_max(planned_finish_at, plan_number) as planned_finish_at,
    from fct_plan
    group by instance, record_id
),

approval as (
    select
        'approval' as kind,
        approval_id as stuck_id,
        instance,
        record_model,
        record_id,
        name,
        plant,
        workflow,
        product,
        coalesce(awaited, approver) as responsible,
        step_name as role,
        pending_at as stuck_at,
        closed_at as ended_at,
        outcome,
        approver as ended_by,
    from fct_approval
    where pending_at is not null and (closed_at is not null or outcome = 'open')
),

shortage as (
    select
        'shortage' as kind,
        instance || ':' || record_id || ':' || interval_number as stuck_id,
        instance,
        record_model,
        record_id,
        name,
        plant,
        'production' as workflow,
        product,
        responsible,
        short_at as stuck_at,
        ended_at,
        outcome,
    from fct_shortage
    where ended_at is not null or outcome = 'open'
),

hold as (
    select
        'hold' as kind,
        hold_id as stuck_id,
        instance,
        record_model,
        record_id,
        name,
        plant,
        'quality' as workflow,
        product,
        responsible,
        held_at as stuck_at,
        ended_at,
        outcome,
        case when record_model in ('stock.move', 'stock.quant') then if(picking_id is null, 'purchase.order', 'stock.picking')
            else record_model end as timeline_model,
        if(record_model in ('stock.move', 'stock.quant'), coalesce(picking_id, purchase_id), record_id) as timeline_id,
    from fct_hold
    where ended_at is not null or outcome = 'open'
),

release as (
    select
        'release' as kind,
        instance || ':' || record_id as stuck_id,
        instance,
        record_model,
        record_id,
        name,
        plant,
        'production' as workflow,
        product,
        responsible,
        created_at as stuck_at,
        coalesce(released_at, cancelled_at) as ended_at,
        case when released_at is not null then 'released' when cancelled_at is not null then 'cancelled' else 'open' end
            as outcome,
    from fct_production_order
    where not is_backorder and (coalesce(released_at, cancelled_at) is not null or is_draft)
),

quotation as (
    select
        'quotation' as kind,
        instance || ':' || record_id as stuck_id,
        instance,
        record_model,
        record_id,
        name,
        plant,
        'purchase' as workflow,
        product,
        responsible,
        created_at as stuck_at,
        ordered_at as ended_at,
        if(ordered_at is null, 'open', 'ordered') as outcome,
    from fct_purchase_order
    where ordered_at is not null or state in ('draft', 'sent')
),

receipt as (
    select
        'receipt' as kind,
        instance || ':' || line_id as stuck_id,
        instance,
        record_model,
        record_id,
        name,
        plant,
        'purchase' as workflow,
        product,
        responsible,
        due_at as stuck_at,
        fulfilled_at as ended_at,
        outcome,
    from fct_promise
    where record_model = 'purchase.order'
        and due_at <= $as_of
        and (fulfilled_at > due_at or outcome = 'open')
),

operation as (
    select
        'operation' as kind,
        work_order.instance || ':' || work_order.record_id as stuck_id,
        work_order.instance,
        work_order.record_model,
        work_order.record_id,
        work_order.name,
        work_order.plant,
        'production' as workflow,
        work_order.product,
        work_order.responsible,
        coalesce(work_order.forecast_at, work_order.planned_finish_at, plan.planned_finish_at) as stuck_at,
        work_order.finished_at as ended_at,
        if(work_order.finished_at is null, 'open', 'done') as outcome,
        work_order.work_center,
        work_order.production_id as about_id,
    from fct_work_order as work_order
    left join plan
        on plan.instance = work_order.instance and plan.record_id = work_order.production_id
    where stuck_at < coalesce(work_order.finished_at, $as_of)
        and (
            work_order.finished_at is not null
            or (work_order.state not in ('done', 'cancel') and work_order.production_state in ('confirmed', 'progress', 'to_close'))
        )
),

run as (
    select
        'run' as kind,
        transaction_key as stuck_id,
        instance,
        record_model,
        record_id,
        interface as name,
        plant,
        'integration' as workflow,
        null::varchar as responsible,
        coalesce(dead_at, stuck_at) as stuck_at,
        coalesce(dead_until, ended_at) as ended_at,
        case when is_dead_letter or is_open then 'open' else coalesce(resolved_by, status) end as outcome,
        odoo_instance as about_instance,
        odoo_model as about_model,
        odoo_res_id as about_id,
        odoo_model as timeline_model,
        odoo_res_id as timeline_id,
    from fct_integration_transaction
    where coalesce(dead_at, stuck_at) is not null
        and (coalesce(dead_until, ended_at) is not null or is_dead_letter or is_open)
),

span as (
    select * from approval
    union all by name
    select * from shortage
    union all by name
    select * from hold
    union all by name
    select * from release
    union all by name
    select * from quotation
    union all by name
    select * from receipt
    union all by name
    select * from operation
    union all by name
    select * from run
),

-- The next operation of an order says at which work center it stands.
next_operation as (
    select
        instance,
        production_id,
        arg_min(work_center, record_id) as work_center,
    from fct_work_order
    where state not in ('done', 'cancel')
    group by instance, production_id
)

select
    span.kind,
    span.stuck_id,
    span.instance,
    span.record_model,
    span.record_id,
    span.name,
    span.plant,
    span.workflow,
    span.product,
    coalesce(span.work_center, next_operation.work_center) as work_center,
    span.responsible,
    span.role,
    span.stuck_at,
    if(span.outcome = 'open', null, greatest(span.ended_at, span.stuck_at)) as ended_at,
    span.outcome,
    span.ended_by,
    if(span.kind = 'run', span.about_instance, span.instance) as about_instance,
    case span.kind when 'run' then span.about_model when 'operation' then 'mrp.production' else span.record_model end
        as about_model,
    if(span.kind in ('operation', 'run'), span.about_id, span.record_id) as about_id,
    if(span.kind in ('hold', 'run'), span.timeline_model, span.record_model) as timeline_model,
    if(span.kind in ('hold', 'run'), span.timeline_id, span.record_id) as timeline_id,
from span
left join next_operation
    on span.record_model = 'mrp.production'
    and span.outcome = 'open'
    and next_operation.instance = span.instance
    and next_operation.production_id = span.record_id
where span.stuck_at is not null
    and span.stuck_at <= $as_of
    and (span.outcome = 'open' or (span.ended_at is not null and span.stuck_at >= $as_of - interval 182 day))
