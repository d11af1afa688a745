/*
grain = "one row per stretch in which the same claims hold a production order, of orders that ended in the last 26 weeks or are open; the stretches of an order add up to its lead time"
key = ["instance", "record_id", "from_at"]
person = ["held_by", "responsible"]
*/
-- What holds an order is a claim: an owner, from, to. Where claims begin or end, a stretch does; of the owners that hold
-- it then the first by dim_wait_owner owns it, and the others are its losers. A plant that is closed comes before all of
-- them, by the seconds (closed_seconds) and not by stretches: nights and weekends would make ten times as many.
with
-- The window: whoever reads this mart says so too (`reach` of the KPI wait_time).
ledger as materialized (
    select
        *,
        row_number() over () as number,
    from (
        select
            *,
            greatest(created_at, coalesce(done_at, cancelled_at, $as_of)) as until_at,
            case when done_at is not null then 'completed' when cancelled_at is not null then 'cancelled' else 'open' end
                as outcome,
        from fct_production_order
        where coalesce(done_at, cancelled_at) >= $as_of - interval 26 week
            or (done_at is null and state not in ('done', 'cancel', 'deleted'))
    )
    where created_at < until_at
),

-- Work is over when everything is made: by the state of the order, or by its last work order.
closing as (
    select
        ledger.number,
        max(event.event_at) filter (where event.new_value = 'progress') as begun_at,
        max(event.event_at) filter (where event.new_value = 'to_close') as made_at,
    from fct_event as event
    inner join ledger on ledger.instance = event.instance and ledger.record_id = event.record_id
    where event.record_model = 'mrp.production'
        and event.field = 'state'
        and event.new_value in ('progress', 'to_close')
        and ledger.started_at is not null
    group by ledger.number
),

operation as (
    select
        ledger.number,
        work_order.instance,
        work_order.record_id,
        work_order.work_center,
        work_order.state,
        work_order.started_at,
        work_order.finished_at,
        work_order.is_time_recorded,
        row_number() over turn as turn,
        count(*) filter (where work_order.finished_at is null) over earlier as unfinished_before,
        max(work_order.finished_at) over earlier as free_at,
    from fct_work_order as work_order
    inner join ledger on ledger.instance = work_order.instance and ledger.record_id = work_order.production_id
    where work_order.state <> 'cancel'
    window turn as (
        partition by ledger.number
        order by work_order.finished_at nulls last, work_order.started_at nulls last, work_order.record_id
    ),
    earlier as (
        partition by ledger.number
        order by work_order.finished_at nulls last, work_order.started_at nulls last, work_order.record_id
        rows between unbounded preceding and 1 preceding
    )
),

made as (
    select
        ledger.number,
        least(
            if(closing.made_at > coalesce(closing.begun_at, '-infinity'), closing.made_at, null),
            if(operation.is_finished, operation.finished_at, null),
            ledger.until_at
        ) as made_at,
        operation.number is not null as has_work_orders,
    from ledger
    left join closing on closing.number = ledger.number
    left join (
        select
            number,
            bool_and(finished_at is not null) as is_finished,
            max(finished_at) as finished_at,
        from operation
        group by number
    ) as operation on operation.number = ledger.number
    where ledger.started_at is not null
),

-- Work goes from one work center to the next: each holds the order from the end of the one before to its own.
passage as (
    select
        operation.number,
        if(operation.turn = 1, ledger.started_at, greatest(operation.free_at, ledger.started_at)) as from_at,
        least(operation.finished_at, made.made_at) as to_at,
        operation.work_center,
        not operation.is_time_recorded and operation.state in ('progress', 'done') as is_untimed,
    from operation
    inner join ledger on ledger.number = operation.number
    inner join made on made.number = operation.number
    where operation.unfinished_before = 0
),

document as (
    select
        number,
        instance,
        'mrp.production' as record_model,
        record_id,
        until_at,
    from ledger
    union
    select
        ledger.number,
        ledger.instance,
        'purchase.order' as record_model,
        if(link.from_model = 'purchase.order', link.from_id, link.to_id) as record_id,
        -- Once work has begun, nobody waits for a purchase any more.
        coalesce(ledger.started_at, ledger.until_at) as until_at,
    from fct_link as link
    inner join ledger
        on ledger.instance = link.instance
        and ledger.record_id = if(link.from_model = 'purchase.order', link.to_id, link.from_id)
    where (link.from_model, link.to_model) in (('purchase.order', 'mrp.production'), ('mrp.production', 'purchase.order'))
),

-- What background jobs do for an order: to itself, to its purchases, and to the receipts of these.
handled as (
    select number, instance, record_model, record_id, until_at from document
    union
    select
        document.number,
        document.instance,
        link.to_model as record_model,
        link.to_id as record_id,
        document.until_at,
    from document
    inner join fct_link as link
        on link.instance = document.instance
        and link.from_model = document.record_model
        and link.from_id = document.record_id
        and link.kind = 'is received by'
),

job as (
    select
        document.number,
        coalesce(run.first_failed_at, greatest(run.created_at, run.eligible_at)) as from_at,
        least(document.until_at, case when run.status in ('success', 'cancelled') then run.ended_at end) as to_at,
        run.flow_name || if(run.has_failed, ' failed', ' does not run') as detail,
    from fct_integration_event as run
    inner join fct_integration_record as concerned on concerned.event_key = run.event_key
    inner join handled as document
        on document.instance = concerned.instance
        and document.record_model = concerned.odoo_model
        and document.record_id = concerned.odoo_res_id
    where (run.has_failed and (run.status not in ('success', 'cancelled') or run.ended_at is not null))
        or (
            run.status in ('pending', 'running')
            and greatest(run.created_at, run.eligible_at) < $as_of - interval 1 hour
        )
),

approval as (
    select
        document.number,
        approval.pending_at as from_at,
        least(document.until_at, approval.closed_at) as to_at,
        approval.name || ' waits for ' || approval.step_name as detail,
        coalesce(approval.awaited, approval.approver) as held_by,
    from fct_approval as approval
    inner join document
        on document.instance = approval.instance
        and document.record_model = approval.record_model
        and document.record_id = approval.record_id
    where approval.closed_at is not null or approval.outcome = 'open'
),

shortage as (
    select
        ledger.number,
        ledger.instance,
        ledger.record_id,
        ledger.plant,
        shortage.interval_number,
        shortage.waits_for,
        shortage.short_at as from_at,
        least(shortage.ended_at, ledger.until_at) as to_at,
    from fct_shortage as shortage
    inner join ledger on ledger.instance = shortage.instance and ledger.record_id = shortage.record_id
    where shortage.ended_at is not null or shortage.outcome = 'open'
),

awaited as (
    select
        shortage.number,
        shortage.interval_number,
        string_agg(distinct wait.component, ', ' order by wait.component) as component,
        string_agg(distinct wait.vendor, ', ' order by wait.vendor) as supplier,
    from fct_component_wait as wait
    inner join shortage
        on shortage.instance = wait.instance
        and shortage.record_id = wait.record_id
        and shortage.interval_number = wait.interval_number
    group by shortage.number, shortage.interval_number
),

sub_assembly as (
    select
        shortage.number,
        shortage.interval_number,
        string_agg(distinct child.name, ', ' order by child.name) as name,
    from shortage
    inner join fct_link as link
        on link.instance = shortage.instance
        and link.to_model = 'mrp.production'
        and link.to_id = shortage.record_id
        and link.from_model = 'mrp.production'
        and link.kind = 'supplies'
    inner join fct_production_order as child
        on child.instance = link.instance and child.record_id = link.from_id
    where shortage.waits_for = 'another operation'
    group by shortage.number, shortage.interval_number
),

short as (
    select
        shortage.number,
        shortage.from_at,
        shortage.to_at,
        case shortage.waits_for
            when 'another operation' then 'waits for ' || coalesce(sub_assembly.name, 'another operation')
            else 'waits for ' || coalesce(awaited.component, 'components')
        end as detail,
        awaited.component,
        awaited.supplier,
    from shortage
    left join awaited
        on awaited.number = shortage.number and awaited.interval_number = shortage.interval_number
    left join sub_assembly
        on sub_assembly.number = shortage.number and sub_assembly.interval_number = shortage.interval_number
),

-- When any of a product was held in a plant: holds that overlap are one.
held as (
    select
        instance,
        plant,
        product,
        min(held_at) as from_at,
        nullif(max(left_at), 'infinity') as to_at,
        arg_min(name, held_at) as name,
    from (
        select
            *,
            count(*) filter (where is_new) over (partition by instance, plant, product order by held_at, hold_id)
                as island,
        from (
            select
                *,
                coalesce(ended_at, 'infinity') as left_at,
                coalesce(
                    held_at > max(coalesce(ended_at, 'infinity')) over (
                        partition by instance, plant, product
                        order by held_at, hold_id
                        rows between unbounded preceding and 1 preceding
                    ),
                    true
                ) as is_new,
            from fct_hold
            where (ended_at is not null or outcome = 'open')
                and (instance, plant, product) in (select (instance, plant, component) from fct_component_wait)
        )
    )
    group by instance, plant, product, island
),

hold as (
    select
        ledger.number,
        held.held_at as from_at,
        least(held.ended_at, ledger.until_at) as to_at,
        coalesce(held.name, held.source) || ' is held' as detail,
        held.responsible as held_by,
    from fct_hold as held
    inner join ledger on ledger.instance = held.instance and ledger.record_id = held.production_id
    where held.ended_at is not null or held.outcome = 'open'
    union all
    select
        shortage.number,
        greatest(shortage.from_at, held.from_at) as from_at,
        least(shortage.to_at, held.to_at) as to_at,
        wait.component || ' is held' || coalesce(' (' || held.name || ')', '') as detail,
        null as held_by,
    from fct_component_wait as wait
    inner join shortage
        on shortage.instance = wait.instance
        and shortage.record_id = wait.record_id
        and shortage.interval_number = wait.interval_number
    inner join held
        on held.instance = wait.instance
        and held.plant = shortage.plant
        and held.product = wait.component
        and held.from_at < shortage.to_at
        and coalesce(held.to_at, 'infinity') > shortage.from_at
),

-- Claims that say whom or what they wait for.
named as (
    select *, 'integration' as claim from job
    union all by name
    select *, 'approver' as claim from approval
    union all by name
    select *, 'quality' as claim from hold
    union all by name
    select *, 'supplier or stock' as claim from short
    union all by name
    select number, from_at, to_at, work_center, 'work center' as claim from passage
),

-- When timed work ran: logs that overlap, or follow on each other as where Odoo splits one that ran longer than expected,
-- are one.
touch as (
    select
        number,
        min(started_at) as from_at,
        max(ended_at) as to_at,
    from (
        select
            *,
            count(*) filter (where is_new) over (partition by number order by started_at, ended_at) as island,
        from (
            select
                *,
                coalesce(
                    started_at > max(ended_at) over (
                        partition by number
                        order by started_at, ended_at
                        rows between unbounded preceding and 1 preceding
                    ),
                    true
                ) as is_new,
            from (
                select
                    operation.number,
                    log.started_at,
                    coalesce(log.ended_at, $as_of) as ended_at,
                from operation
                inner join stg_mrp_workcenter_productivity_last as log
                    on log.instance = operation.instance and log.workorder_id = operation.record_id
                where operation.is_time_recorded
            )
        )
    )
    group by number, island
),

-- Claims that need no more words, and what is to be known beside: whether timed work runs (touch), or work that nobody
-- timed (untimed).
plain as (
    select number, created_at as from_at, coalesce(released_at, until_at) as to_at, 'planner' as claim
    from ledger
    where released_at is not null or (started_at is null and outcome <> 'completed')
    union all
    select number, released_at, ready_at, 'not reserved'
    from ledger
    where ready_at > released_at
    union all
    select number, coalesce(ready_at, released_at), coalesce(started_at, until_at), 'queue'
    from ledger
    where released_at is not null
    union all
    select ledger.number, ledger.started_at, made.made_at, unnest(['work center', 'untimed'])
    from made
    inner join ledger on ledger.number = made.number
    where not made.has_work_orders
    union all
    select number, from_at, to_at, 'untimed'
    from passage
    where is_untimed
    union all
    select number, from_at, to_at, 'touch' from touch
),

-- Each claim has its digit of twelve bits in one number that counts, at any moment, the claims of each kind. While
-- material is short, an order neither queues for work nor waits to be reserved.
digit as (
    select
        claim,
        owner,
        rank,
        1::hugeint << 12 * (row_number() over (order by claim) - 1)::integer as weight,
    from (
        select owner as claim, owner, rank from dim_wait_owner where owner not in ('closed', 'nobody')
        union all
        select kind.claim, kind.owner, owner.rank
        from (values ('queue', 'work center'), ('not reserved', 'planner'), ('touch', null), ('untimed', null))
            as kind(claim, owner)
        left join dim_wait_owner as owner on owner.owner = kind.owner
    )
),

claimed as (
    select
        claim.number,
        greatest(claim.from_at, ledger.created_at) as from_at,
        least(coalesce(claim.to_at, ledger.until_at), ledger.until_at) as to_at,
        digit.weight,
    from (
        select number, from_at, to_at, claim from named
        union all
        select number, from_at, to_at, claim from plain
    ) as claim
    inner join ledger on ledger.number = claim.number
    inner join digit on digit.claim = claim.claim
    where claim.from_at < coalesce(claim.to_at, ledger.until_at)
        and claim.from_at < ledger.until_at
        and coalesce(claim.to_at, ledger.until_at) > ledger.created_at
),

edge as (
    select
        number,
        edge_at,
        sum(weight)::hugeint as weight,
    from (
        select number, unnest([from_at, to_at]) as edge_at, unnest([weight, -weight]) as weight from claimed
        union all
        select number, unnest([created_at, until_at]), 0::hugeint from ledger
    )
    group by number, edge_at
),

-- How long the plant was open until each of these moments, since its calendar is known; as with_clocks does it, once per
-- moment and not for both ends of each stretch.
timed as (
    select
        edge.*,
        calendar.open_seconds_before + epoch(least(edge.edge_at, calendar.open_to) - calendar.open_from) as open_before,
    from (
        select
            edge.*,
            ledger.instance,
            ledger.plant,
        from edge
        inner join ledger on ledger.number = edge.number
    ) as edge
    asof left join dim_calendar as calendar
        on calendar.instance = edge.instance
        and calendar.plant = edge.plant
        and calendar.open_from <= edge.edge_at
),

stretch as (
    select
        number,
        edge_at as from_at,
        lead(edge_at) over (partition by number order by edge_at) as to_at,
        lead(open_before) over (partition by number order by edge_at) - open_before as working_seconds,
        sum(weight) over (partition by number order by edge_at)::hugeint as claims,
    from timed
    qualify to_at is not null
),

-- The few combinations of claims that occur, each told once.
combination as (
    select
        claims,
        list(owner order by rank) filter (where owner is not null) as owners,
        bool_or(claim = 'touch') as is_touch,
        bool_or(claim = 'untimed') as is_untimed,
    from (
        select
            holding.claims,
            digit.owner,
            digit.rank,
            any_value(digit.claim) as claim,
        from (select distinct claims from stretch) as holding
        inner join digit on (holding.claims // digit.weight) % 4096 > 0
        cross join (select weight from digit where claim = 'supplier or stock') as material
        where digit.claim not in ('queue', 'not reserved') or (holding.claims // material.weight) % 4096 = 0
        group by holding.claims, digit.owner, digit.rank, if(digit.owner is null, digit.claim, null)
    )
    group by claims
),

owned as (
    select
        stretch.number,
        stretch.from_at,
        stretch.to_at,
        epoch(stretch.to_at - stretch.from_at) as elapsed_seconds,
        stretch.working_seconds,
        coalesce(combination.owners[1], 'nobody') as owner,
        coalesce(combination.owners[2:], []) as losers,
        coalesce(combination.is_touch, false) as is_touch,
        coalesce(combination.is_untimed, false) as is_untimed,
    from stretch
    left join combination on combination.claims = stretch.claims
),

-- Whom and what the owner of a stretch waits for.
reason as (
    select
        owned.number,
        owned.from_at,
        string_agg(distinct named.detail, '; ' order by named.detail) as detail,
        arg_min(named.held_by, named.from_at) as held_by,
        any_value(named.component) as component,
        any_value(named.supplier) as supplier,
        any_value(named.work_center) as work_center,
    from owned
    inner join named
        on named.number = owned.number
        and named.claim = owned.owner
        and named.from_at <= owned.from_at
        and coalesce(named.to_at, 'infinity') >= owned.to_at
    group by owned.number, owned.from_at
)

select
    ledger.instance,
    ledger.record_model,
    ledger.record_id,
    ledger.name,
    ledger.plant,
    ledger.company,
    ledger.product,
    ledger.product_family,
    ledger.responsible,
    ledger.outcome,
    if(ledger.outcome = 'open', null, ledger.until_at) as order_ended_at,
    stretch.from_at,
    stretch.to_at,
    stretch.owner,
    stretch.losers,
    if(stretch.owner = 'planner', ledger.responsible, reason.held_by) as held_by,
    case
        when stretch.owner = 'planner' and stretch.from_at >= ledger.released_at then 'its material is not asked for'
        when stretch.owner = 'planner' then 'draft'
        when stretch.owner = 'work center' and stretch.from_at >= ledger.started_at then 'begun'
        when stretch.owner = 'work center' then 'ready, not begun'
        when stretch.owner = 'nobody' and stretch.from_at >= ledger.started_at then 'all is made, not closed'
        when stretch.owner = 'nobody' then 'not recorded'
        else reason.detail
    end as detail,
    reason.component,
    reason.supplier,
    if(stretch.owner = 'work center', coalesce(reason.work_center, first_operation.work_center), null) as work_center,
    coalesce(stretch.from_at >= ledger.started_at, false) as is_begun,
    case when stretch.is_touch then true when stretch.is_untimed then null else false end as is_touch,
    stretch.elapsed_seconds,
    stretch.working_seconds is not null as has_calendar,
    stretch.elapsed_seconds - coalesce(stretch.working_seconds, stretch.elapsed_seconds) as closed_seconds,
    coalesce(stretch.working_seconds, stretch.elapsed_seconds) as open_seconds,
from owned as stretch
inner join ledger on ledger.number = stretch.number
left join reason on reason.number = stretch.number and reason.from_at = stretch.from_at
left join operation as first_operation on first_operation.number = stretch.number and first_operation.turn = 1
