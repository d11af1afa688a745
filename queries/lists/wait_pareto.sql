/*
title = "Who orders wait for"
definition = "Per plant and owner the hours of the lead time of production orders completed in the last 26 weeks: how many (of them before work began, and of timed work), of which share, in how many orders and the median of those, and how many open orders it holds now. freed: the lead time (p50, p85 over all these orders) without the hours in which the owner alone held an order; where others held it too, the next of them takes over, so this is what freeing the owner gives at least. freed_most: without all the hours that the owner has, nights and weekends in between included: what it gives at most. Of a closed plant neither is told: nobody frees a night. By the clock working, hours in which the plant is closed are left out."
*/
with
stretch as (
    select
        *,
        len(losers) = 0 as is_alone,
        if($clock = 'working', open_seconds, elapsed_seconds) as lead_seconds,
    from fct_wait
    where ($plant is null or coalesce(plant, '(none)') = $plant)
        and (
            $clock = 'elapsed'
            or (instance, record_id) not in (select (instance, record_id) from fct_wait where not has_calendar)
        )
),

held as (
    select
        instance,
        record_id,
        plant,
        owner,
        sum(open_seconds) as seconds,
        sum(open_seconds) filter (where not is_begun) as before_seconds,
        sum(open_seconds) filter (where is_touch) as touch_seconds,
        coalesce(sum(open_seconds) filter (where is_alone), 0) as alone_seconds,
        sum(lead_seconds) as most_seconds,
    from stretch
    where outcome = 'completed'
    group by instance, record_id, plant, owner
    union all
    select
        instance,
        record_id,
        plant,
        'closed' as owner,
        sum(closed_seconds) as seconds,
        sum(closed_seconds) filter (where not is_begun) as before_seconds,
        sum(closed_seconds) filter (where is_touch) as touch_seconds,
        null as alone_seconds,
        null as most_seconds,
    from stretch
    where outcome = 'completed' and $clock = 'elapsed'
    group by instance, record_id, plant
    having sum(closed_seconds) > 0
),

lead as (
    select
        instance,
        record_id,
        plant,
        sum(lead_seconds) as seconds,
    from stretch
    where outcome = 'completed'
    group by instance, record_id, plant
),

whole as (
    select
        plant,
        count(*) as order_count,
        sum(seconds) as seconds,
        quantile_disc(seconds, 0.5) as p50,
        quantile_disc(seconds, 0.85) as p85,
    from lead
    group by plant
),

owned as (
    select
        plant,
        owner,
        count(*) as n,
        sum(seconds) as seconds,
        sum(before_seconds) as before_seconds,
        sum(touch_seconds) as touch_seconds,
        quantile_disc(seconds, 0.5) as median_seconds,
    from held
    where seconds > 0
    group by plant, owner
),

freed as (
    select
        lead.plant,
        owner.owner,
        quantile_disc(lead.seconds - coalesce(held.alone_seconds, 0), 0.5) as freed_p50,
        quantile_disc(lead.seconds - coalesce(held.alone_seconds, 0), 0.85) as freed_p85,
        quantile_disc(lead.seconds - coalesce(held.most_seconds, 0), 0.5) as freed_most_p50,
        quantile_disc(lead.seconds - coalesce(held.most_seconds, 0), 0.85) as freed_most_p85,
    from lead
    cross join dim_wait_owner as owner
    left join held
        on held.instance = lead.instance and held.record_id = lead.record_id and held.owner = owner.owner
    -- Nights and weekends are a calendar's, and nobody can be asked for them.
    where owner.owner <> 'closed'
    group by lead.plant, owner.owner
),

now_held as (
    select
        plant,
        owner,
        count(*) as n_open,
    from (
        select plant, arg_max(owner, to_at) as owner
        from stretch
        where outcome = 'open'
        group by instance, record_id, plant
    )
    group by plant, owner
),

place as (
    select
        plant,
        count(*) filter (where outcome = 'completed' and not has_calendar) as without_calendar,
    from stretch
    group by plant
)

select
    place.plant,
    owner.owner,
    owner.rank,
    owned.seconds,
    owned.seconds / nullif(whole.seconds, 0) as share,
    owned.before_seconds,
    owned.touch_seconds,
    owned.median_seconds,
    coalesce(owned.n, 0) as n,
    coalesce(whole.order_count, 0) as order_count,
    coalesce(now_held.n_open, 0) as n_open,
    whole.p50 as lead_p50,
    whole.p85 as lead_p85,
    freed.freed_p50,
    freed.freed_p85,
    freed.freed_most_p50,
    freed.freed_most_p85,
    case
        when place.without_calendar = 0 then null
        when place.plant is null then 'no plant is known'
        else coalesce(gap.gap, 'the work calendar was not known yet')
    end as calendar_gap,
from place
cross join dim_wait_owner as owner
left join whole on whole.plant is not distinct from place.plant
left join owned on owned.plant is not distinct from place.plant and owned.owner = owner.owner
left join freed on freed.plant is not distinct from place.plant and freed.owner = owner.owner
left join now_held on now_held.plant is not distinct from place.plant and now_held.owner = owner.owner
left join (
    select plant, max(gap) as gap from dim_plant_calendar group by plant
) as gap on gap.plant = place.plant
where owned.n > 0 or now_held.n_open > 0
order by place.plant nulls last, owned.seconds desc nulls last, owner.rank
