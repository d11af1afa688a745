/*
grain = "one row per process rule and plant in which it holds (empty: cases of no plant), with what applies there"
key = ["rule", "plant"]
*/
with
place as (
    select distinct plant from dim_document
)

select
    place.plant,
    configured.* exclude (plant, is_off),
from place
cross join cfg_process_rule as configured
left join cfg_process_rule as own
    on own.rule = configured.rule and own.plant = place.plant and own.plant <> ''
-- A plant's own line goes before that of all plants.
where configured.plant = coalesce(own.plant, '') and not configured.is_off
