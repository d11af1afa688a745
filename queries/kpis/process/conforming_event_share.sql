/*
title = "Events that conform"
definition = "Of the steps of the production and purchase orders that ended (completed or cancelled) in workflows and plants with process rules, how many broke none of them: a surplus step, a step that came too early or one that must not be counts as one that does. A missing step is none, and counts in the share of cases only."
unit = "share"
direction = "higher"
owner = "Head of operations"
measure = "ratio"
statistic = "ratio"
clocks = ["elapsed"]
dimensions = ["plant", "company", "workflow", "product_family", "responsible"]
audience = ["plant manager", "operator"]
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
    ended.ended_at as at,
    way.step_count - coalesce(deviation.event_count, 0) as numerator,
    way.step_count as denominator,
from fct_case as ended
semi join dim_process_rule as rule
    on rule.workflow = ended.workflow and rule.plant is not distinct from ended.plant
inner join (
    select
        workflow,
        variant,
        len(string_split(any_value(variant), ' > ')) as step_count,
    from fct_variant
    group by workflow, variant
) as way
    on way.workflow = ended.workflow and way.variant = ended.variant
left join (
    select
        instance,
        record_model,
        record_id,
        max(deviating_event_count) as event_count,
    from fct_deviation
    group by instance, record_model, record_id
) as deviation
    on deviation.instance = ended.instance
    and deviation.record_model = ended.record_model
    and deviation.record_id = ended.record_id
where ended.outcome in ('completed', 'cancelled') and ended.ended_at is not null
