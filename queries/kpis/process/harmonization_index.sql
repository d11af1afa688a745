/*
title = "Harmonization index"
definition = "How alike the ways are that closed cases of a plant took to those of all plants together, or of the reference in ops.toml: 100 less the earth movers' distance, in per cent, by which it exceeds that of cases dealt out to plants at random; over the last 26 weeks, and in earlier periods of the month that ended in them, as is said beside each number. Of several plants and workflows the mean by cases. The rows are the moves that explain most of the distance."
unit = "index"
direction = "higher"
owner = "Head of operations"
measure = "index"
statistic = "index"
clocks = ["elapsed"]
dimensions = ["plant", "workflow"]
audience = ["executive", "plant manager"]
*/
select
    coalesce(move.instance, harmonization.instance) as instance,
    coalesce(move.record_model, harmonization.record_model) as record_model,
    coalesce(move.record_id, harmonization.record_id) as record_id,
    coalesce(move.name, harmonization.name) as name,
    harmonization.plant,
    harmonization.workflow,
    move.move,
    move.difference,
    move.low as difference_low,
    move.high as difference_high,
    move.explained,
    harmonization.state,
    harmonization.coverage,
    harmonization.period_start as from_on,
    (harmonization.period_end - 1)::timestamp as at,
    harmonization.value,
    harmonization.low,
    harmonization.high,
    harmonization.n / count(*) over (
        partition by harmonization.workflow, harmonization.plant, harmonization.period, harmonization.period_start
    ) as weight,
    harmonization.other_count + 1 as plant_count,
    harmonization.reason,
from agg_harmonization as harmonization
left join agg_harmonization_move as move
    on move.workflow = harmonization.workflow
    and move.plant = harmonization.plant
    and move.other is null
    and harmonization.period = '26 weeks'
where harmonization.other is null
