-- What was there at the end of a period, or at $as_of in the running one: how many, or a quantile of their ages.
-- Zero means nothing was there; where nothing ever entered there is no number.
with
cohort as (
    select
        period_start,
        period_end,
        cut,
        count(*) as n,
        quantile_disc(seconds, $quantile) as age,
        count(distinct plant) as plant_count,
    from member
    group by period_start, period_end, cut
),

entered as (
    select
        cut,
        min(entered_at) as first_at,
    from case_row
    group by cut
)

select
    period_start,
    period_end,
    cut,
    case
        when $statistic <> 'count' then age
        when first_at < least(period_end, $as_of) then coalesce(n, 0)
    end::double as value,
    null::double as value_closed,
    null::double as low,
    null::double as high,
    coalesce(n, 0) as n,
    coalesce(n, 0) as n_open,
    coalesce(plant_count, 0) as plant_count,
    coalesce(period_end <= $as_of and first_at < period_end, false) as is_final,
    case
        when first_at is null or first_at >= least(period_end, $as_of) then 'nothing was ever recorded up to then'
        when n is null and $statistic <> 'count' then 'nothing was open'
    end as reason,
from grid
left join cohort using (period_start, period_end, cut)
left join entered using (cut)
