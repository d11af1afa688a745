-- Ratio of sums over the rows of a period; exact sums, so that the order of rows changes nothing.
with
cohort as (
    select
        period_start,
        period_end,
        cut,
        sum(n)::bigint as n,
        sum(numerator::decimal(38, 6)) / nullif(sum(denominator::decimal(38, 6)), 0) as ratio,
        count(distinct plant) as plant_count,
    from member
    group by period_start, period_end, cut
)

select
    period_start,
    period_end,
    cut,
    ratio as value,
    null::double as value_closed,
    null::double as low,
    null::double as high,
    coalesce(n, 0) as n,
    0 as n_open,
    coalesce(plant_count, 0) as plant_count,
    period_end <= $as_of and ratio is not null as is_final,
    case
        when n is null then 'no case in this period'
        when ratio is null then 'the denominator is zero'
    end as reason,
from grid
left join cohort using (period_start, period_end, cut)
