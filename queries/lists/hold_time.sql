/*
title = "How long goods are held, and what became of them"
definition = "Holds that began since a day in some plants, of some product families and people (of all without a choice), by product, vendor, family, source, plant or theme: how many, within which time half of them ended (none: half are open), and what became of them. The theme is that of the defects which the held record itself names; where it names none it is empty. Inspections that were cancelled or withdrawn, and holds whose end was not recorded, are left out."
*/
with
theme as (
    select
        found.instance,
        found.record_model,
        found.record_id,
        any_value(label.label) as theme,
    from fct_defect_text as found
    inner join agg_defect_text as grouped
        on grouped.plant is not distinct from found.plant
        and grouped.text = found.text
        and grouped.about = coalesce(found.about, '')
    inner join agg_defect_theme as label on label.theme = grouped.theme and label.plant is not distinct from found.plant
    where $by = 'theme'
    group by found.instance, found.record_model, found.record_id
)

select
    case $by
        when 'product' then hold.product
        when 'vendor' then hold.vendor
        when 'family' then hold.product_family
        when 'source' then hold.source
        when 'plant' then hold.plant
        when 'theme' then theme.theme
    end as cut,
    count(*) as n,
    nullif(
        quantile_disc(if(hold.ended_at is null, 'infinity'::double, epoch(hold.ended_at - hold.held_at)), 0.5),
        'infinity'::double
    ) as median_seconds,
    count(*) filter (where hold.outcome = 'open') as open_count,
    count(*) filter (where hold.outcome = 'released') as released_count,
    count(*) filter (where hold.outcome = 'rework') as rework_count,
    count(*) filter (where hold.outcome = 'returned') as returned_count,
    count(*) filter (where hold.outcome in ('scrapped', 'rejected')) as lost_count,
from fct_hold as hold
left join theme
    on theme.instance = hold.instance and theme.record_model = hold.record_model and theme.record_id = hold.record_id
where hold.held_at >= $from_on::timestamp
    and hold.outcome not in ('cancelled', 'withdrawn', 'end not recorded')
    and (len($plants::varchar[]) = 0 or list_contains($plants::varchar[], hold.plant))
    and (len($families::varchar[]) = 0 or list_contains($families::varchar[], hold.product_family))
    and (len($people::varchar[]) = 0 or list_contains($people::varchar[], hold.responsible))
group by cut
order by n desc, cut
