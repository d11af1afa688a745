/*
grain = "one row per entry that says itself when it happened: a time log of work, or the effective date of a transfer; with the moment at which it was entered"
key = ["instance", "record_model", "record_id"]
person = ["entered_by"]
*/
-- What Odoo stamps by itself tells the moment at which it is entered: a time log by the clock is entered as it ends.
with
entry as (
    select
        log.instance,
        'mrp.workcenter.productivity' as record_model,
        log.id as record_id,
        'time log' as kind,
        work_order.name,
        work_order.plant,
        work_order.company,
        work_order.work_center as place,
        'mrp.production' as document_model,
        work_order.production_id as document_id,
        log.ended_at as said_at,
        greatest(log.created_at, log.ended_at) as entered_at,
        log.created_by_id as entered_by_id,
    from stg_mrp_workcenter_productivity_last as log
    inner join fct_work_order as work_order
        on work_order.instance = log.instance and work_order.record_id = log.workorder_id
    where log.ended_at is not null and work_order.is_time_recorded
    union all
    select
        picking.instance,
        'stock.picking' as record_model,
        picking.id as record_id,
        'transfer' as kind,
        picking.name,
        dim_plant.plant,
        company.company,
        picking_type.name as place,
        'stock.picking' as document_model,
        picking.id as document_id,
        picking.done_at as said_at,
        greatest(done.event_at, picking.done_at) as entered_at,
        done.actor_id as entered_by_id,
    from stg_stock_picking_last as picking
    inner join (
        select
            instance,
            record_id,
            max(event_at) as event_at,
            arg_max(actor_id, event_at) as actor_id,
        from fct_change
        where record_model = 'stock.picking' and field = 'state' and new_value = 'done'
        group by instance, record_id
    ) as done
        on done.instance = picking.instance and done.record_id = picking.id
    left join stg_stock_picking_type_last as picking_type
        on picking_type.instance = picking.instance and picking_type.id = picking.picking_type_id
    left join dim_plant
        on dim_plant.instance = picking.instance and dim_plant.warehouse_id = picking_type.warehouse_id
    left join dim_company as company
        on company.instance = picking.instance and company.company_id = picking.company_id
    where picking.state = 'done' and picking.done_at is not null
)

select
    entry.*,
    dim_user.name as entered_by,
    coalesce(dim_user.kind, 'unknown') as entered_by_kind,
from entry
left join dim_user on dim_user.instance = entry.instance and dim_user.user_id = entry.entered_by_id
