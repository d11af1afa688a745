-- Total over the rows of a period; exact, so that the order of rows changes nothing. Zero means that nothing came to the
-- sum in a period, after something had before or meanwhile; where nothing ever did there is no number: nobody knows
-- whether it is recorded there at all.
with
cohort as (
    select
        period_start,
        period_end,
        cut,
        sum(n)::bigint as n,
        sum(amount::decimal(38, 6)) as total,
        count(distinct plant) as plant_count,
    from member
    group by period_start, period_end, cut
),

begun as (
    select
        cut,
        min("at") as first_at,
    from case_row
    where amount is not null
    group by cut
),

told as (
    select
        *,
        coalesce(first_at < least(period_end, $as_of) and period_start < $as_of, false) as is_told,
    from grid
    left join begun using (cut)
)

select
    period_start,
    period_end,
    cut,
    coalesce(total::double, if(is_told, 0, null)) as value,
    null::double as value_closed,
    null::double as low,
    null::double as high,
    coalesce(n, 0) as n,
    0 as n_open,
    coalesce(plant_count, 0) as plant_count,
    period_end <= $as_of and (n is not null or is_told) as is_final,
    case
        when n is not null or is_told then null
        when period_start >= $as_of then 'the period has not begun'
        else 'nothing was ever recorded up to then'
    end as reason,
from told
left join cohort using (period_start, period_end, cut)
