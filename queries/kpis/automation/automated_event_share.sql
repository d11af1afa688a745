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
    instance,
    record_model,
    record_id,
    name,
    plant,
    company,
    workflow,
    activity,
    actor_kind,
    actor_confidence as confidence,
    actor_rule as rule,
    event_id,
    event_at as at,
    actor_kind <> 'human' as is_good,
from fct_event
where actor_kind in ('human', 'automation', 'integration')
    and recorded_by <> 'snapshot'
    and workflow in ('production', 'purchase')
    and told_by_model is null
