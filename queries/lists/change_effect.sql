/*
title = "What became of a KPI after a change"
definition = "Roll-outs, automation rules, scheduled actions and upgrades, newest first: the KPI before and after in each plant that was touched (empty: all of them), its own change, and the effect against the plants that were not touched with its 95 % interval, or why that cannot be told."
*/
with
marker as (
    select distinct on (marker)
        marker,
        kind,
        name,
        after_at,
        changed_at,
        time_quality,
        instance,
        record_model,
        record_id,
        owner,
        note,
    from fct_change_marker
)

select
    marker.marker,
    marker.kind,
    marker.name,
    marker.after_at,
    marker.changed_at,
    marker.time_quality,
    marker.owner,
    marker.note,
    answer.kpi,
    answer.plant,
    answer.clock,
    answer.value_before,
    answer.value_after,
    answer.weeks_before,
    answer.weeks_after,
    answer.n_before,
    answer.n_after,
    answer.change,
    answer.change_low,
    answer.change_high,
    answer.effect,
    answer.effect_low,
    answer.effect_high,
    answer.untouched_count,
    answer.verdict,
    -- A reader of some plants sees no comparison with fewer than three others.
    case when answer.effect is null then coalesce(answer.reason, 'fewer than three other plants to compare with') end
        as reason,
    marker.instance,
    marker.record_model,
    marker.record_id,
    odoo_url(odoo_instance.url, odoo_instance.version, marker.record_model, marker.record_id) as record_url,
from agg_change_effect as answer
inner join marker on marker.marker = answer.marker
left join odoo_instance on odoo_instance.instance = marker.instance
where ($kpi is null or answer.kpi = $kpi)
    and ($clock is null or answer.clock = $clock)
order by marker.changed_at desc, marker.marker, answer.kpi, answer.clock, answer.plant nulls first
