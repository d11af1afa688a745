/*
grain = "one row per clock, plant and owner: the hours that the owner has of the lead time of production orders completed in the last 26 weeks, what lead time would be without them, and how many open orders it holds now"
key = ["clock", "plant", "owner"]
*/
-- What each column means stands in the list wait_pareto, which reads this.
with
stretch as (
    select
        wait.*,
        clock.clock,
        len(wait.losers) = 0 as is_alone,
        if(clock.clock = 'working', wait.open_seconds, wait.elapsed_seconds) as lead_seconds,
    from fct_wait as wait
    cross join (values ('elapsed'), ('working')) as clock (clock)
    where clock.clock = 'elapsed'
        or (wait.instance, wait.record_id) not in (select (instance, record_id) from fct_wait where not has_calendar)
),

held as (
    select
        clock,
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
    group by clock, instance, record_id, plant, owner
    union all
    select
        clock,
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
    where outcome = 'completed' and clock = 'elapsed'
    group by clock, instance, record_id, plant
    having sum(closed_seconds) > 0
),

lead as (
    select
        clock,
        instance,
        record_id,
        plant,
        sum(lead_seconds) as seconds,
    from stretch
    where outcome = 'completed'
    group by clock, instance, record_id, plant
),

whole as (
    select
        clock,
        plant,
        count(*) as order_count,
        sum(seconds) as seconds,
        quantile_disc(seconds, 0.5) as p50,
        quantile_disc(seconds, 0.85) as p85,
    from lead
    group by clock, plant
),

owned as (
    select
        clock,
        plant,
        owner,
        count(*) as n,
        sum(seconds) as seconds,
        sum(before_seconds) as before_seconds,
        sum(touch_seconds) as touch_seconds,
        quantile_disc(seconds, 0.5) as median_seconds,
    from held
    where seconds > 0
    group by clock, plant, owner
),

freed as (
    select
        lead.clock,
        lead.plant,
        owner.owner,
        quantile_disc(lead.seconds - coalesce(held.alone_seconds, 0), 0.5) as freed_p50,
        quantile_disc(lead.seconds - coalesce(held.alone_seconds, 0), 0.85) as freed_p85,
        quantile_disc(lead.seconds - coalesce(held.most_seconds, 0), 0.5) as freed_most_p50,
        quantile_disc(lead.seconds - coalesce(held.most_seconds, 0), 0.85) as freed_most_p85,
    from lead
    cross join dim_wait_owner as owner
    left join held
        on held.clock = lead.clock
        and held.instance = lead.instance
        and held.record_id = lead.record_id
        and held.owner = owner.owner
    -- Nights and weekends are a calendar's, and nobody can be asked for them.
    where owner.owner <> 'closed'
    group by lead.clock, lead.plant, owner.owner
),

now_held as (
    select
        clock,
        plant,
        owner,
        count(*) as n_open,
    from (
        select clock, plant, arg_max(owner, to_at) as owner
        from stretch
        where outcome = 'open'
        group by clock, instance, record_id, plant
    )
    group by clock, plant, owner
),

place as (
    select
        clock,
        plant,
        count(*) filter (where outcome = 'completed' and not has_calendar) as without_calendar,
    from stretch
    group by clock, plant
)

select
    place.clock,
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
left join whole on whole.clock = place.clock and whole.plant is not distinct from place.plant
left join owned
    on owned.clock = place.clock
    and owned.plant is not distinct from place.plant
    and owned.owner = owner.owner
left join freed
    on freed.clock = place.clock
    and freed.plant is not distinct from place.plant
    and freed.owner = owner.owner
left join now_held
    on now_held.clock = place.clock
    and now_held.plant is not distinct from place.plant
    and now_held.owner = owner.owner
left join (
    select plant, max(gap) as gap from dim_plant_calendar group by plant
) as gap on gap.plant = place.plant
where owned.n > 0 or now_held.n_open > 0
