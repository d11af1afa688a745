-- Quantile of durations over all cases of a period, open ones included: Kaplan-Meier,
-- S(t) = product of (1 - ended at t / still at risk at t); the quantile is the first t with S(t) <= 1 - q.
-- It is final once it lies below the age of the youngest open case, by the same clock: later ends can no longer
-- move it. Beside it value_closed, the same quantile of the cases that have ended: what is too short by as much as the
-- open ones are long.
with
cohort as (
    select
        period_start,
        period_end,
        cut,
        count(*) as n,
        count(*) filter (where ended_at is null) as n_open,
        count(distinct plant) as plant_count,
        min(seconds) filter (where ended_at is null) as youngest_age,
        -- Up to that age cases leave only by ending: S is the share that has not ended, and the quantile a plain one.
        quantile_disc(if(ended_at is null, 'infinity', seconds::double), $quantile - 1e-9) as plain,
        quantile_disc(seconds, $quantile) filter (where ended_at is not null) as value_closed,
    from member
    group by period_start, period_end, cut
),

step as (
    select
        period_start,
        period_end,
        cut,
        seconds,
        count(*) filter (where ended_at is not null) as ended,
        count(*) as leaving,
    from member
    inner join cohort using (period_start, period_end, cut)
    where plain > youngest_age
    group by period_start, period_end, cut, seconds
),

risk as (
    select
        *,
        sum(leaving) over (partition by period_start, period_end, cut order by seconds desc) as at_risk,
    from step
),

curve as (
    select
        *,
        product(1 - ended / at_risk) over (partition by period_start, period_end, cut order by seconds) as survival,
    from risk
),

beyond as (
    select
        period_start,
        period_end,
        cut,
        min(seconds) filter (where ended > 0 and survival <= 1 - $quantile + 1e-9) as value,
    from curve
    group by period_start, period_end, cut
),

quantile as (
    select
        cohort.*,
        if(plain > youngest_age, beyond.value, plain)::double as value,
    from cohort
    left join beyond using (period_start, period_end, cut)
)

select
    period_start,
    period_end,
    cut,
    value,
    value_closed::double as value_closed,
    null::double as low,
    null::double as high,
    coalesce(n, 0) as n,
    coalesce(n_open, 0) as n_open,
    coalesce(plant_count, 0) as plant_count,
    coalesce(period_end <= $as_of and value is not null and (n_open = 0 or value <= youngest_age), false) as is_final,
    case
        when n is null then 'no case started in this period'
        when value is null then 'not reached yet: ' || n_open || ' of ' || n || ' are still open'
    end as reason,
from grid
left join quantile using (period_start, period_end, cut)
