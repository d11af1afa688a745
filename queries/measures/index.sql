-- Mean of an index over plants, each by its weight, the cases it rests on. Of each plant the newest rows of a period count;
-- what they cover, from covers_start to before covers_end, may be longer or shorter than the period.
-- rows of one index, its moves, share the weight. The mean of the ends of the intervals is no narrower than the interval of
-- the mean. Exact sums, so that the order of rows changes nothing.
with
cohort as (
    select
        period_start,
        period_end,
        cut,
        round(sum(weight::decimal(38, 6)))::bigint as n,
        sum((value::double * weight)::decimal(38, 6)) / sum(weight::decimal(38, 6)) filter (where value is not null) as mean,
        sum((low::double * weight)::decimal(38, 6)) / sum(weight::decimal(38, 6)) filter (where value is not null) as low,
        sum((high::double * weight)::decimal(38, 6)) / sum(weight::decimal(38, 6)) filter (where value is not null) as high,
        greatest(count(distinct plant), max(plant_count)) as plant_count,
        min(from_on)::date as covers_start,
        max(member.at)::date + 1 as covers_end,
        min(reason) as reason,
    from member
    group by period_start, period_end, cut
)

select
    period_start,
    period_end,
    cut,
    mean::double as value,
    null::double as value_closed,
    low::double as low,
    high::double as high,
    coalesce(n, 0) as n,
    0 as n_open,
    coalesce(plant_count, 0) as plant_count,
    period_end <= $as_of and mean is not null as is_final,
    case
        when n is null then 'no index of this period'
        when mean is null then coalesce(reason, 'cannot be told')
    end as reason,
    covers_start,
    covers_end,
from grid
left join cohort using (period_start, period_end, cut)
