/*
grain = "one row per workflow, plant, step an order stands at and what people do there: how often in 100 orders, in how many of them and in how many just once, how long after the touch before, and how much of it changes nothing"
key = ["workflow", "plant", "stands_at", "kind"]
*/
-- Of orders created in the last 18 weeks that are closed. The interval of touches_per_100 is that of a mean, from the
-- spread between orders, those without such a touch included; that of the share is Wilson's (1927).
with
closed as (
    select
        workflow,
        plant,
        count(*) as order_count,
    from fct_case
    where started_at >= $as_of - interval 126 day and ended_at is not null and outcome in ('completed', 'cancelled')
    group by workflow, plant
),

per_order as (
    select
        workflow,
        plant,
        stands_at,
        kind,
        count(*) as touch_count,
        count(*) filter (where changed_nothing) as empty_count,
        count(changed_nothing) as told_count,
    from fct_touch
    where is_closed
    group by workflow, plant, stands_at, kind, instance, record_model, record_id
),

gap as (
    select
        workflow,
        plant,
        stands_at,
        kind,
        median(since_seconds) as median_since_seconds,
    from fct_touch
    where is_closed
    group by workflow, plant, stands_at, kind
),

position as (
    select
        per_order.workflow,
        per_order.plant,
        per_order.stands_at,
        per_order.kind,
        any_value(closed.order_count) as order_count,
        count(*) as touched_order_count,
        count(*) filter (where per_order.touch_count = 1) as once_order_count,
        sum(per_order.touch_count)::bigint as touch_count,
        sum(per_order.touch_count * per_order.touch_count) as squares,
        sum(per_order.empty_count)::bigint as empty_count,
        sum(per_order.told_count)::bigint as told_count,
    from per_order
    inner join closed
        on closed.workflow = per_order.workflow and closed.plant is not distinct from per_order.plant
    group by per_order.workflow, per_order.plant, per_order.stands_at, per_order.kind
),

spread as (
    select
        *,
        touch_count / order_count as mean,
        -- No interval below 20 orders: there the mean of counts is not nearly normal.
        if(
            order_count < 20,
            null,
            1.959964 * sqrt(greatest(squares - touch_count * touch_count / order_count, 0) / (order_count - 1) / order_count)
        ) as reach,
        empty_count / nullif(told_count, 0) as empty_share,
    from position
)

select
    spread.workflow,
    spread.plant,
    spread.stands_at,
    spread.kind,
    spread.order_count,
    spread.touched_order_count,
    spread.once_order_count,
    spread.touch_count,
    100 * mean as touches_per_100,
    if(reach is null, null, 100 * greatest(mean - reach, 0)) as touches_per_100_low,
    100 * (mean + reach) as touches_per_100_high,
    gap.median_since_seconds,
    spread.told_count,
    spread.empty_count,
    empty_share,
    wilson_low(empty_share, told_count) as empty_share_low,
    wilson_high(empty_share, told_count) as empty_share_high,
    case
        when spread.told_count = 0 then 'cannot be told: Odoo keeps nothing that says whether it changed anything'
        when spread.order_count < 20
            then 'no interval: only ' || spread.order_count || if(spread.order_count = 1, ' order is', ' orders are') || ' closed'
    end as reason,
from spread
inner join gap
    on gap.workflow = spread.workflow
    and gap.plant is not distinct from spread.plant
    and gap.stands_at = spread.stands_at
    and gap.kind = spread.kind
