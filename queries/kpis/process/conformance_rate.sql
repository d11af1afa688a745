/*
title = "Cases that conform"
definition = "Of the production and purchase orders that ended (completed or cancelled) in workflows and plants with process rules, how many broke none of them. The rules are those that come with Plant Pulse and those below [[process]] in ops.toml; deviations that were accepted count here, too, and are told apart by `queries conformance`. Open orders are not in it: they can still break a rule."
unit = "share"
direction = "higher"
owner = "Head of operations"
measure = "share"
statistic = "rate"
clocks = ["elapsed"]
dimensions = ["plant", "company", "workflow", "product_family", "responsible"]
audience = ["executive", "plant manager"]
*/
select
    ended.instance,
    ended.record_model,
    ended.record_id,
    ended.name,
    ended.plant,
    ended.company,
    ended.workflow,
    ended.product_family,
    ended.responsible,
    deviation.rules,
    ended.ended_at as at,
    deviation.record_id is null as is_good,
from fct_case as ended
semi join dim_process_rule as rule
    on rule.workflow = ended.workflow and rule.plant is not distinct from ended.plant
left join (
    select
        instance,
        record_model,
        record_id,
        string_agg(rule, ', ' order by rule) as rules,
    from fct_deviation
    group by instance, record_model, record_id
) as deviation
    on deviation.instance = ended.instance
    and deviation.record_model = ended.record_model
    and deviation.record_id = ended.record_id
where ended.outcome in ('completed', 'cancelled') and ended.ended_at is not null and ended.variant is not null
