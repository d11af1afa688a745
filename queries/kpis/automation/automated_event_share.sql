/*
title = "Automated events"
definition = "Of everything that happened to production and purchase orders (creation, tracked changes, approval steps), how much was done by machines: Odoo's system user, webhooks, users that ops.toml lists, background jobs and batches. Each row says how sure that is (A: ops.toml says so, B: Odoo says so, C: inferred) and by which rule. What happens to documents around them, such as receipts and work orders, is not counted. Events of unknown or external users are left out."
unit = "share"
direction = "higher"
owner = "Head of operations"
measure = "share"
statistic = "rate"
clocks = ["elapsed"]
dimensions = ["plant", "company", "workflow", "activity", "confidence"]
audience = ["plant manager", "operator"]
*/
select
    event.instance,
    event.record_model,
    event.record_id,
    document.name,
    event.plant,
    document.company,
    event.workflow,
    event.activity,
    event.actor_kind,
    event.actor_confidence as confidence,
    event.actor_rule as rule,
    event.event_id,
    event.event_at as at,
    event.actor_kind <> 'human' as is_good,
from fct_event as event
left join dim_document as document
    on document.instance = event.instance
    and document.record_model = event.record_model
    and document.record_id = event.record_id
where event.actor_kind in ('human', 'automation', 'integration')
    and event.recorded_by <> 'snapshot'
    and event.workflow in ('production', 'purchase')
    and event.told_by_model is null
