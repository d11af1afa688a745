-- Share of hits among the cases of a period, with the Wilson score interval at 95 % (z = 1.959964):
-- Wilson, E.B. (1927), Probable inference, the law of succession, and statistical inference.
with
counted as (
    select
        period_start,
        period_end,
        cut,
        plant,
        sum(n) as n,
        coalesce(sum(n) filter (where is_hit), 0) as hits,
    from member
    group by period_start, period_end, cut, plant
),

cohort as (
    select
        period_start,
        period_end,
        cut,
        sum(n)::bigint as n,
        sum(hits) / sum(n) as share,
        count(plant) as plant_count,
        1.959963984540054 as z,
    from counted
    group by period_start, period_end, cut
),

score as (
    select
        *,
        (share + z * z / (2 * n)) / (1 + z * z / n) as middle,
        z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n) as reach,
    from cohort
)

select
    period_start,
    period_end,
    cut,
    share as value,
    null::double as value_closed,
    if(n is null, null, least(share, greatest(0, middle - reach))) as low,
    if(n is null, null, greatest(share, least(1, middle + reach))) as high,
    coalesce(n, 0) as n,
    0 as n_open,
    coalesce(plant_count, 0) as plant_count,
    period_end <= $as_of and n is not null as is_final,
    case when n is null then 'no case in this period' end as reason,
from grid
left join score using (period_start, period_end, cut)
