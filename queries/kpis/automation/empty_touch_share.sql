/*
title = "Touches that changed nothing"
definition = "Of what people did to production and purchase orders, how much changed nothing: a save without a tracked change (a message of Odoo without one, or a save in the audit log without any changed field), or an approval within seconds of being asked for (10 s unless ops.toml says otherwise). Counted is what happens to an order within 28 days of its creation, in the last 13 weeks. Touches of which Odoo keeps nothing that could tell, such as messages and activities, are counted beside the number. What Odoo does not track is not seen, unless the audit log is there."
unit = "share"
direction = "lower"
owner = "Head of operations"
measure = "share"
statistic = "rate"
coverage = "known whether it changed anything"
clocks = ["elapsed"]
dimensions = ["plant", "company", "workflow", "stands_at", "kind", "product_family", "vendor", "responsible"]
audience = ["executive", "plant manager"]
*/
select
    touch.instance,
    touch.record_model,
    touch.record_id,
    document.name,
    touch.plant,
    document.company,
    touch.workflow,
    document.product_family,
    document.vendor,
    document.responsible,
    touch.stands_at,
    touch.kind,
    touch.person,
    touch.confidence,
    touch.since_seconds,
    touch.changed_rule as rule,
    touch.touched_at as at,
    touch.changed_nothing as is_bad,
    touch.changed_nothing is not null as is_measured,
from fct_touch as touch
inner join dim_document as document
    on document.instance = touch.instance
    and document.record_model = touch.record_model
    and document.record_id = touch.record_id
-- So that a week says the same in every run: no order of it is too old for fct_touch.
where touch.touched_at >= date_trunc('week', $as_of - interval 91 day) and touch.touched_at < document.created_at + interval 28 day
