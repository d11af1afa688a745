-- Quantile of durations over all cases of a period, open ones included: Kaplan-Meier,
-- S(t) = product of (1 - ended at t / still at risk at t); the quantile is the first t with S(t) <= 1 - q.
-- It is final once it lies below the age of the youngest open case, by the same clock: later ends can no longer
-- move it.
with
step as (
    select
        period_start,
        cut,
        seconds,
        count(*) filter (where ended_at is not null) as ended,
        count(*) as leaving,
    from member
    group by period_start, cut, seconds
),

risk as (
    select
        *,
        sum(leaving) over (partition by period_start, cut order by seconds desc) as at_risk,
    from step
),

curve as (
    select
        *,
        product(1 - ended / at_risk) over (partition by period_start, cut order by seconds) as survival,
    from risk
),

quantile as (
    select
        period_start,
        cut,
        min(seconds) filter (where ended > 0 and survival <= 1 - $quantile + 1e-9) as value,
    from curve
    group by period_start, cut
),

cohort as (
    select
        period_start,
        cut,
        count(*) as n,
        count(*) filter (where ended_at is null) as n_open,
        count(distinct plant) as plant_count,
        min(seconds) filter (where ended_at is null) as youngest_age,
    from member
    group by period_start, cut
)

select
    grid.period_start,
    grid.period_end,
    grid.cut,
    quantile.value::double as value,
    null::double as low,
    null::double as high,
    coalesce(cohort.n, 0) as n,
    coalesce(cohort.n_open, 0) as n_open,
    coalesce(cohort.plant_count, 0) as plant_count,
    coalesce(
        grid.period_end <= $as_of and quantile.value is not null
        and (cohort.n_open = 0 or quantile.value <= cohort.youngest_age),
        false
    ) as is_final,
    case
        when cohort.n is null then 'no case started in this period'
        when quantile.value is null then
            'not reached yet: ' || cohort.n_open || ' of ' || cohort.n || ' are still open'
    end as reason,
from grid
left join cohort on cohort.period_start = grid.period_start and cohort.cut = grid.cut
left join quantile on quantile.period_start = grid.period_start and quantile.cut = grid.cut
