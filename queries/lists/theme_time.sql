/*
title = "Themes of defects and how long they keep people busy"
definition = "Themes of defects (see defect_theme), of all plants together or of one: how often, whether more lately (the last 13 weeks against the 13 before), how many nonconformities of it are open, and within which time half of those reported in the last 26 weeks were closed (none: half are open)."
*/
with
told as (
    select
        grouped.theme,
        nonconformity.*,
    from fct_defect_text as found
    inner join agg_defect_text as grouped
        on grouped.plant is not distinct from found.plant
        and grouped.text = found.text
        and grouped.about = coalesce(found.about, '')
    inner join fct_nonconformity as nonconformity
        on nonconformity.instance = found.instance and nonconformity.record_id = found.record_id
    where found.record_model = 'mgmtsystem.nonconformity'
        and nonconformity.status in ('open', 'done')
        and ($plant is null or nonconformity.plant = $plant)
),

spent as (
    select
        theme,
        count(*) filter (where status = 'open') as open_count,
        count(*) filter (where created_at > $as_of - interval 26 weeks) as case_count,
        quantile_disc(coalesce(epoch(closed_at - created_at), 'infinity'::double), 0.5)
            filter (where created_at > $as_of - interval 26 weeks) as median_seconds,
    from told
    group by theme
)

select
    theme.theme,
    theme.plant,
    theme.label,
    theme.example,
    theme.n,
    theme.n_recent,
    theme.n_before,
    theme.trend,
    theme.reason,
    theme.share,
    theme.coverage,
    theme.plant_count,
    theme.last_at,
    coalesce(spent.open_count, 0) as open_count,
    coalesce(spent.case_count, 0) as case_count,
    nullif(spent.median_seconds, 'infinity'::double) as median_seconds,
from agg_defect_theme as theme
left join spent on spent.theme = theme.theme
where theme.plant is not distinct from $plant
order by theme.n desc, theme.theme
