/*
grain = "one row per hold of goods: an inspection, a quality check or alert, or a portion of stock in a quarantine location, from its start to what became of the goods"
key = ["hold_id"]
person = ["responsible"]
*/
with
product as (
    select
        product.instance,
        product.id as product_id,
        dim_product.product,
        dim_product.family,
        product.standard_cost,
        dim_unit.size as unit_size,
    from stg_product_product_last as product
    inner join dim_product on dim_product.instance = product.instance and dim_product.product_id = product.id
    left join stg_product_template_last as template
        on template.instance = product.instance and template.id = product.product_tmpl_id
    left join dim_unit on dim_unit.instance = template.instance and dim_unit.unit_id = template.uom_id
),

-- Goods that were moved, by lot, in the unit of their product.
moved as (
    select
        line.instance,
        line.id as line_id,
        line.move_id,
        move.picking_id,
        move.reference,
        line.product_id,
        line.lot_id,
        line.company_id,
        coalesce(line.moved_at, move.moved_at) as moved_at,
        line.quantity * coalesce(dim_unit.size / product.unit_size, 1) as quantity,
        move.partner_id,
        coalesce(nullif(move.value, 0) / nullif(move.reserved_quantity, 0), nullif(move.unit_price, 0)) as unit_cost,
        move.returned_move_id,
        move.scrap_id is not null or coalesce(move.is_scrapped, false) or target.is_loss as is_scrap,
        source.usage as from_usage,
        source.plant as from_plant,
        coalesce(source.is_quarantine, false) as from_quarantine,
        target.usage as to_usage,
        target.plant as to_plant,
        target.location as to_location,
        coalesce(target.is_quarantine, false) as to_quarantine,
    from stg_stock_move_line as line
    inner join stg_stock_move as move on move.instance = line.instance and move.id = line.move_id
    left join dim_location as source
        on source.instance = line.instance and source.location_id = line.source_location_id
    left join dim_location as target
        on target.instance = line.instance and target.location_id = line.destination_location_id
    left join dim_unit on dim_unit.instance = line.instance and dim_unit.unit_id = line.product_uom_id
    left join product on product.instance = line.instance and product.product_id = line.product_id
    where line.state = 'done' and line.quantity > 0
),

-- Into the quarantine of a plant and out of it; from one of its places to another is neither.
passage as (
    select
        *,
        true as is_entry,
        to_plant as plant,
    from moved
    where to_quarantine and not (from_quarantine and from_plant is not distinct from to_plant)
    union all
    select
        *,
        false as is_entry,
        from_plant as plant,
    from moved
    where from_quarantine and not (to_quarantine and from_plant is not distinct from to_plant)
),

-- What came first leaves first, by product and lot. What leaves without ever having come in takes from nobody.
balance as (
    select
        *,
        coalesce(sum(quantity) filter (where is_entry) over so_far, 0) as entered,
        coalesce(sum(quantity) filter (where not is_entry) over so_far, 0) as gone,
        sum(if(is_entry, quantity, -quantity)) over so_far as net,
    from passage
    window so_far as (
        partition by instance, plant, product_id, lot_id
        order by moved_at, is_entry desc, line_id
        rows between unbounded preceding and current row
    )
),

span as (
    select
        *,
        entered - quantity - least(min(net) over so_far, 0) as entry_from,
        entered - least(min(net) over so_far, 0) as entry_to,
        gone - quantity as exit_from,
        gone as exit_to,
        max(gone) over (partition by instance, plant, product_id, lot_id) as all_gone,
    from balance
    window so_far as (
        partition by instance, plant, product_id, lot_id
        order by moved_at, is_entry desc, line_id
        rows between unbounded preceding and current row
    )
),

portion as (
    select
        entry.*,
        departure.line_id as exit_line_id,
        departure.moved_at as left_at,
        least(entry.entry_to, departure.exit_to) - greatest(entry.entry_from, departure.exit_from) as held_quantity,
        case
            when departure.to_quarantine then 'transferred'
            when departure.is_scrap then 'scrapped'
            when departure.to_usage = 'supplier' then 'returned'
            when departure.to_usage = 'production' then 'rework'
            else 'released'
        end as outcome,
    from span as entry
    inner join span as departure
        on departure.instance = entry.instance
        and departure.plant is not distinct from entry.plant
        and departure.product_id = entry.product_id
        and departure.lot_id is not distinct from entry.lot_id
        and departure.exit_from < entry.entry_to - 1e-6
        and departure.exit_to > entry.entry_from + 1e-6
    where entry.is_entry and not departure.is_entry
    union all by name
    select
        *,
        entry_to - greatest(entry_from, all_gone) as held_quantity,
        'open' as outcome,
    from span
    where is_entry and entry_to - greatest(entry_from, all_gone) > 1e-6
),

-- Where each lot was bought.
bought as (
    select
        instance,
        lot_id,
        arg_min(partner_id, moved_at) as partner_id,
    from moved
    where from_usage = 'supplier' and lot_id is not null and partner_id is not null
    group by instance, lot_id
),

held_stock as (
    select
        portion.instance,
        'quarantine:' || portion.instance || ':' || line_id || ':' || coalesce(exit_line_id::varchar, 'open') as hold_id,
        if(picking_id is null, 'stock.move', 'stock.picking') as record_model,
        coalesce(picking_id, move_id) as record_id,
        reference as name,
        'quarantine stock' as source,
        plant,
        company_id,
        product_id,
        portion.lot_id,
        coalesce(bought.partner_id, if(from_usage = 'customer', null, portion.partner_id)) as partner_id,
        null::bigint as user_id,
        to_location as location,
        held_quantity as quantity,
        unit_cost,
        moved_at as held_at,
        left_at as ended_at,
        outcome,
    from portion
    left join bought on bought.instance = portion.instance and bought.lot_id = portion.lot_id
),

-- Inspections (OCA) and checks and alerts (Enterprise), with what they are about.
state_change as (
    select
        instance,
        record_model,
        record_id,
        arg_min(old_value, (event_at, tracking_id)) as first_value,
        min(event_at) filter (where old_value = 'plan') as planned_until_at,
        max(event_at) filter (where new_value = 'canceled') as cancelled_at,
        bool_or(new_value in ('failed', 'fail')) as has_failed,
    from fct_change
    where record_model in ('qc.inspection', 'quality.check') and field in ('state', 'quality_state')
    group by instance, record_model, record_id
),

inspection as (
    select
        inspection.instance,
        'qc.inspection' as record_model,
        inspection.id as record_id,
        inspection.name,
        'inspection' as source,
        coalesce(
            inspection.picking_id,
            case when document like 'stock.picking,%' then try_cast(split_part(document, ',', 2) as bigint) end
        ) as picking_id,
        coalesce(
            inspection.production_id,
            case when document like 'mrp.production,%' then try_cast(split_part(document, ',', 2) as bigint) end
        ) as production_id,
        list_filter([coalesce(
            inspection.lot_id,
            case when document like 'stock.%lot,%' then try_cast(split_part(document, ',', 2) as bigint) end
        )], lambda lot: lot is not null) as lot_ids,
        inspection.product_id,
        null::bigint as partner_id,
        inspection.user_id,
        inspection.company_id,
        inspection.quantity,
        case
            when coalesce(change.first_value, inspection.state) = 'plan' then change.planned_until_at
            else inspection.created_at
        end as held_at,
        case
            when inspection.gone_by = 'deleted' then 'withdrawn'
            when inspection.state = 'canceled' then 'cancelled'
            when inspection.state = 'success' then if(coalesce(change.has_failed, false), 'rework', 'released')
            when inspection.state = 'failed' then 'failed'
            else 'open'
        end as verdict,
        inspection.state = 'failed' or coalesce(change.has_failed, false) as has_failed,
        case
            when inspection.gone_by = 'deleted' then inspection.gone_at
            when inspection.state = 'canceled' then change.cancelled_at
            when inspection.state in ('success', 'failed') then inspection.done_at
        end as decided_at,
    from stg_qc_inspection_last as inspection
    left join state_change as change
        on change.instance = inspection.instance
        and change.record_model = 'qc.inspection'
        and change.record_id = inspection.id
),

-- A failed check and the alert raised from it are one hold: the alert's end is its end.
alert as (
    select
        alert.*,
        case
            when alert.gone_by = 'deleted' then 'withdrawn'
            when alert.closed_at is not null then 'released'
            when coalesce(stage.is_done, false) then 'end not recorded'
            else 'open'
        end as verdict,
    from stg_quality_alert_last as alert
    left join stg_quality_alert_stage_last as stage
        on stage.instance = alert.instance and stage.id = alert.stage_id
),

quality_check as (
    select
        checked.instance,
        'quality.check' as record_model,
        checked.id as record_id,
        coalesce(checked.name, checked.title) as name,
        'quality check' as source,
        checked.picking_id,
        checked.production_id,
        checked.lot_ids,
        checked.product_id,
        null::bigint as partner_id,
        checked.user_id,
        checked.company_id,
        checked.tested_quantity as quantity,
        checked.created_at as held_at,
        case
            when checked.gone_by = 'deleted' then 'withdrawn'
            when checked.result = 'pass' then if(coalesce(change.has_failed, false), 'rework', 'released')
            when checked.result = 'fail' then coalesce(raised.verdict, 'failed')
            when checked.result = 'none' then 'open'
            else 'cancelled'
        end as verdict,
        checked.result = 'fail' or coalesce(change.has_failed, false) as has_failed,
        case
            when checked.gone_by = 'deleted' then checked.gone_at
            when checked.result = 'fail' and raised.verdict is not null then raised.closed_at
            when checked.result in ('pass', 'fail') then checked.checked_at
        end as decided_at,
    from stg_quality_check_last as checked
    left join state_change as change
        on change.instance = checked.instance
        and change.record_model = 'quality.check'
        and change.record_id = checked.id
    left join (
        select
            instance,
            check_id,
            case
                when bool_or(verdict = 'open') then 'open'
                when bool_or(verdict = 'released') then 'released'
                else 'end not recorded'
            end as verdict,
            if(bool_or(verdict = 'open'), null, max(closed_at)) as closed_at,
        from alert
        where check_id is not null and verdict <> 'withdrawn'
        group by instance, check_id
    ) as raised on raised.instance = checked.instance and raised.check_id = checked.id
    -- Instructions, pictures and registrations are steps of work, not decisions about goods.
    where checked.result is not null
        and coalesce(checked.test_type, 'passfail') in ('passfail', 'measure', 'worksheet', 'spreadsheet')
),

quality_alert as (
    select
        alert.instance,
        'quality.alert' as record_model,
        alert.id as record_id,
        coalesce(alert.name, alert.title) as name,
        'quality alert' as source,
        alert.picking_id,
        alert.production_id,
        alert.lot_ids,
        alert.product_id,
        alert.partner_id,
        alert.user_id,
        alert.company_id,
        null::double as quantity,
        alert.created_at as held_at,
        alert.verdict,
        true as has_failed,
        if(alert.verdict = 'withdrawn', alert.gone_at, alert.closed_at) as decided_at,
    from alert
    left join quality_check as checked
        on checked.instance = alert.instance and checked.record_id = alert.check_id
    where checked.record_id is null
),

case_of_quality as (
    select * from inspection
    union all
    select * from quality_check
    union all
    select * from quality_alert
),

-- Goods that were scrapped, or went back to their supplier: the same lot, or else the same transfer or order.
disposal as (
    select
        instance,
        'scrapped' as outcome,
        done_at as disposed_at,
        product_id,
        lot_id,
        picking_id,
        production_id,
    from stg_stock_scrap
    where state = 'done' and done_at is not null
    union all
    select
        moved.instance,
        'returned' as outcome,
        moved.moved_at as disposed_at,
        moved.product_id,
        moved.lot_id,
        origin.picking_id,
        null::bigint as production_id,
    from moved
    left join stg_stock_move as origin
        on origin.instance = moved.instance and origin.id = moved.returned_move_id
    where moved.to_usage = 'supplier'
),

disposed as (
    select
        instance,
        record_model,
        record_id,
        min(disposed_at) as disposed_at,
        arg_min(outcome, disposed_at) as outcome,
    from (
        select
            held.instance,
            held.record_model,
            held.record_id,
            disposal.disposed_at,
            disposal.outcome,
        from (select *, unnest(lot_ids) as lot_id from case_of_quality) as held
        inner join disposal on disposal.instance = held.instance and disposal.lot_id = held.lot_id
        where disposal.disposed_at >= held.held_at
        union all
        select
            held.instance,
            held.record_model,
            held.record_id,
            disposal.disposed_at,
            disposal.outcome,
        from case_of_quality as held
        inner join disposal on disposal.instance = held.instance and disposal.picking_id = held.picking_id
        where disposal.disposed_at >= held.held_at
            and len(coalesce(held.lot_ids, [])) = 0
            and coalesce(held.product_id = disposal.product_id, true)
        union all
        select
            held.instance,
            held.record_model,
            held.record_id,
            disposal.disposed_at,
            disposal.outcome,
        from case_of_quality as held
        inner join disposal on disposal.instance = held.instance and disposal.production_id = held.production_id
        where disposal.disposed_at >= held.held_at
            and len(coalesce(held.lot_ids, [])) = 0
            and coalesce(held.product_id = disposal.product_id, true)
    )
    group by instance, record_model, record_id
),

-- What failed is held until the goods are gone. Where it is not recorded which goods they are, the failure is all that
-- will ever be known: it ends the hold.
judged as (
    select
        held.instance,
        held.record_model || ':' || held.instance || ':' || held.record_id as hold_id,
        held.record_model,
        held.record_id,
        held.name,
        held.source,
        coalesce(picking_plant.plant, order_document.plant, lot_place.plant, company.plant) as plant,
        held.company_id,
        coalesce(held.product_id, lot.product_id) as product_id,
        lot.id as lot_id,
        coalesce(held.partner_id, bought.partner_id, if(picking_type.code = 'incoming', picking.partner_id, null))
            as partner_id,
        held.user_id,
        held.picking_id,
        held.production_id,
        held.has_failed,
        null as location,
        held.quantity,
        null::double as unit_cost,
        held.held_at,
        case
            when held.verdict in ('failed', 'open') and disposed.disposed_at is not null then disposed.disposed_at
            when held.verdict = 'failed'
                and (len(coalesce(held.lot_ids, [])) > 0 or held.picking_id is not null or held.production_id is not null)
                then null
            else held.decided_at
        end as ended_at,
        case
            when held.verdict in ('failed', 'open') and disposed.outcome is not null then disposed.outcome
            when held.verdict = 'released' and held.record_model <> 'qc.inspection'
                and disposed.disposed_at <= held.decided_at then disposed.outcome
            when held.verdict <> 'failed' then held.verdict
            when len(coalesce(held.lot_ids, [])) > 0 or held.picking_id is not null or held.production_id is not null
                then 'open'
            else 'rejected'
        end as outcome,
    from case_of_quality as held
    left join disposed
        on disposed.instance = held.instance
        and disposed.record_model = held.record_model
        and disposed.record_id = held.record_id
    left join stg_stock_picking_last as picking
        on picking.instance = held.instance and picking.id = held.picking_id
    left join stg_stock_picking_type_last as picking_type
        on picking_type.instance = picking.instance and picking_type.id = picking.picking_type_id
    left join dim_plant as picking_plant
        on picking_plant.instance = picking_type.instance and picking_plant.warehouse_id = picking_type.warehouse_id
    left join dim_document as order_document
        on order_document.instance = held.instance
        and order_document.record_model = 'mrp.production'
        and order_document.record_id = held.production_id
    left join stg_stock_lot_last as lot
        on lot.instance = held.instance and lot.id = held.lot_ids[1]
    left join dim_location as lot_place
        on lot_place.instance = lot.instance and lot_place.location_id = lot.location_id
    left join bought on bought.instance = lot.instance and bought.lot_id = lot.id
    left join dim_company as company
        on company.instance = held.instance and company.company_id = held.company_id
    where held.held_at is not null
),

hold as (
    select * from held_stock
    union all by name
    select * from judged
)

select
    hold.instance,
    hold.hold_id,
    hold.record_model,
    hold.record_id,
    hold.name,
    hold.source,
    hold.plant,
    company.company,
    product.product,
    product.family as product_family,
    lot.name as lot,
    coalesce(partner.company_name, 'private vendor ' || hold.partner_id) as vendor,
    dim_user.name as responsible,
    hold.picking_id,
    hold.production_id,
    hold.has_failed,
    hold.location,
    hold.quantity,
    hold.quantity * coalesce(hold.unit_cost, product.standard_cost) as value,
    company.currency,
    hold.held_at,
    hold.ended_at,
    hold.outcome,
from hold
left join dim_company as company
    on company.instance = hold.instance and company.company_id = hold.company_id
left join product
    on product.instance = hold.instance and product.product_id = hold.product_id
left join stg_stock_lot_last as lot
    on lot.instance = hold.instance and lot.id = hold.lot_id
left join dim_partner as partner
    on partner.instance = hold.instance and partner.partner_id = hold.partner_id
left join dim_user
    on dim_user.instance = hold.instance and dim_user.user_id = hold.user_id
