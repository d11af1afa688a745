/*
grain = "one row per delay, shortage, change of quantity or failed inspection, with the first thing that was done about it"
key = ["instance", "record_model", "record_id", "trigger", "triggered_at"]
person = ["responsible"]
*/
with
-- An order that has not begun when it was to, by the plan of that day, and did not soon after.
plan as (
    select
        instance,
        record_id,
        planned_start_at,
        changed_at,
        is_frozen,
        lead(changed_at) over (partition by instance, record_id order by plan_number) as replaced_at,
    from fct_plan
),

delay as (
    select
        production.instance,
        production.record_id,
        'delay' as trigger,
        plan.planned_start_at as triggered_at,
        least(production.started_at, production.done_at, production.cancelled_at) as closed_at,
    from plan
    inner join fct_production_order as production
        on production.instance = plan.instance and production.record_id = plan.record_id
    left join cfg_tolerance as general on general.plant = ''
    left join cfg_tolerance as own on own.plant = production.plant
    where not production.is_backorder
        and plan.planned_start_at >= if(plan.is_frozen, production.released_at, plan.changed_at)
        and plan.planned_start_at < coalesce(plan.replaced_at, 'infinity')
        and plan.planned_start_at + to_seconds(coalesce(own.seconds, general.seconds))
        < coalesce(least(production.started_at, production.done_at, production.cancelled_at), $as_of)
        and (
            coalesce(production.started_at, production.done_at, production.cancelled_at) is not null
            or production.state = 'confirmed'
        )
),

shortage as (
    select
        instance,
        record_id,
        'shortage' as trigger,
        short_at as triggered_at,
        ended_at as closed_at,
    from fct_shortage
    where outcome = 'open' or ended_at is not null
),

demand as (
    select
        change.instance,
        change.record_id,
        'demand change' as trigger,
        change.event_at as triggered_at,
        coalesce(production.done_at, production.cancelled_at) as closed_at,
    from fct_change as change
    inner join fct_production_order as production
        on production.instance = change.instance and production.record_id = change.record_id
    where change.record_model = 'mrp.production'
        and change.field = 'product_qty'
        and change.event_at > production.released_at
        -- closing a part of an order changes its quantity, too
        and change.event_at < coalesce(production.done_at, production.cancelled_at, 'infinity')
        and (production.done_at is not null or production.cancelled_at is not null
            or production.state not in ('done', 'cancel', 'deleted'))
),

disturbed as (
    select * from delay
    union all
    select * from shortage
    union all
    select * from demand
),

-- What was made for an order: what supplies it, or names it as its origin.
made as (
    select
        link.to_id as record_id,
        source.instance,
        source.created_at,
    from fct_link as link
    inner join dim_document as source
        on source.instance = link.instance and source.record_model = link.from_model and source.record_id = link.from_id
    where link.to_model = 'mrp.production' and link.kind = 'supplies'
    union all
    select
        link.from_id as record_id,
        target.instance,
        target.created_at,
    from fct_link as link
    inner join dim_document as target
        on target.instance = link.instance and target.record_model = link.to_model and target.record_id = link.to_id
    where link.from_model = 'mrp.production' and link.kind = 'names as origin'
),

answer as (
    select
        instance,
        record_id,
        're-plan' as reaction,
        changed_at as reacted_at,
    from plan
    where not is_frozen
    union all
    select
        instance,
        record_id,
        'procurement' as reaction,
        created_at as reacted_at,
    from made
),

-- What Odoo orders with the order itself bears the second at which that began.
answered as (
    select
        disturbed.instance,
        disturbed.record_id,
        disturbed.trigger,
        disturbed.triggered_at,
        arg_min(answer.reaction, answer.reacted_at) as reaction,
        greatest(min(answer.reacted_at), disturbed.triggered_at) as reacted_at,
    from disturbed
    inner join answer
        on answer.instance = disturbed.instance
        and answer.record_id = disturbed.record_id
        and answer.reacted_at >= disturbed.triggered_at - interval 5 second
        and answer.reacted_at <= coalesce(disturbed.closed_at, $as_of)
    group by disturbed.instance, disturbed.record_id, disturbed.trigger, disturbed.triggered_at
),

-- An inspection that fails is answered when it is taken up again, or when its goods are released, scrapped or returned.
failed as (
    select
        instance,
        record_id,
        min(event_at) as triggered_at,
    from fct_change
    where record_model = 'qc.inspection' and field = 'state' and new_value in ('waiting', 'failed')
    group by instance, record_id
),

reopened as (
    select
        failed.instance,
        failed.record_id,
        min(change.event_at) as reacted_at,
    from failed
    inner join fct_change as change
        on change.instance = failed.instance
        and change.record_id = failed.record_id
        and change.record_model = 'qc.inspection'
        and change.field = 'state'
        and change.new_value in ('draft', 'ready')
        and change.event_at > failed.triggered_at
    group by failed.instance, failed.record_id
),

inspection as (
    select
        hold.instance,
        hold.record_model,
        hold.record_id,
        any_value(hold.name) as name,
        any_value(hold.plant) as plant,
        any_value(hold.company) as company,
        any_value(hold.product) as product,
        any_value(hold.product_family) as product_family,
        any_value(hold.responsible) as responsible,
        failed.triggered_at,
        reopened.reacted_at as reopened_at,
        min(hold.ended_at) filter (where hold.outcome in ('released', 'scrapped', 'returned')) as disposed_at,
        max(hold.ended_at) as ended_at,
    from failed
    inner join fct_hold as hold
        on hold.instance = failed.instance and hold.record_model = 'qc.inspection' and hold.record_id = failed.record_id
    left join reopened on reopened.instance = failed.instance and reopened.record_id = failed.record_id
    group by hold.instance, hold.record_model, hold.record_id, failed.triggered_at, reopened.reacted_at
)

select
    production.instance,
    production.record_model,
    production.record_id,
    production.name,
    production.plant,
    production.company,
    production.product,
    production.product_family,
    production.responsible,
    disturbed.trigger,
    disturbed.triggered_at,
    answered.reaction,
    answered.reacted_at,
    disturbed.closed_at,
from disturbed
inner join fct_production_order as production
    on production.instance = disturbed.instance and production.record_id = disturbed.record_id
left join answered
    on answered.instance = disturbed.instance
    and answered.record_id = disturbed.record_id
    and answered.trigger = disturbed.trigger
    and answered.triggered_at = disturbed.triggered_at
union all by name
select
    instance,
    record_model,
    record_id,
    name,
    plant,
    company,
    product,
    product_family,
    responsible,
    'failed check' as trigger,
    triggered_at,
    case
        when least(reopened_at, disposed_at) is null then null
        when reopened_at = least(reopened_at, disposed_at) then 'rework'
        else 'containment'
    end as reaction,
    least(reopened_at, disposed_at) as reacted_at,
    ended_at as closed_at,
from inspection
