/*
title = "Orders processed without a person"
definition = "Of the production and purchase orders that were completed, how many without any tracked event by a person from creation to completion. Persons are internal users that ops.toml does not list as machines, apart from what a background job did in their name, or a batch. Each row says how sure its verdict is (A: ops.toml says so, B: Odoo says so, C: inferred) and by which rule. What Odoo does not track is not seen."
unit = "share"
direction = "higher"
headline = 6
told = "processes {value} of its orders without a person"
owner = "Head of operations"
measure = "share"
statistic = "rate"
clocks = ["elapsed"]
dimensions = ["plant", "company", "workflow", "product_family", "vendor", "responsible", "confidence"]
audience = ["executive", "plant manager"]
*/
select
    instance,
    record_model,
    record_id,
    name,
    plant,
    company,
    workflow,
    product,
    product_family,
    vendor,
    responsible,
    event_count,
    manual_event_count,
    touch_confidence as confidence,
    touch_rule as rule,
    started_at,
    ended_at as at,
    manual_event_count = 0 as is_good,
from fct_case
where outcome = 'completed' and ended_at is not null and workflow in ('production', 'purchase')
