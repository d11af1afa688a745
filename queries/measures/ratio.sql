-- Ratio of sums over the rows of a period.
with
cohort as (
    select
        period_start,
        cut,
        count(*) as n,
        sum(numerator) / nullif(sum(denominator), 0) as ratio,
        count(distinct plant) as plant_count,
    from member
    group by period_start, cut
)

select
    grid.period_start,
    grid.period_end,
    grid.cut,
    ratio as value,
    null::double as low,
    null::double as high,
    coalesce(n, 0) as n,
    0 as n_open,
    coalesce(plant_count, 0) as plant_count,
    grid.period_end <= $as_of and ratio is not null as is_final,
    case
        when n is null then 'no case in this period'
        when ratio is null then 'the denominator is zero'
    end as reason,
from grid
left join cohort on cohort.period_start = grid.period_start and cohort.cut = grid.cut
