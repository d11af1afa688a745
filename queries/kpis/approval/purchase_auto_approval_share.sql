/*
title = "Purchases ordered without approval"
definition = "Of the purchase orders that were ordered, how many without anybody having been asked for approval: below the limit, matching no tier, or ordered by somebody who may approve. Counted when they were first ordered; ordered_by tells people from machines."
unit = "share"
direction = "none"
owner = "Head of purchasing"
measure = "share"
statistic = "rate"
clocks = ["elapsed"]
dimensions = ["plant", "company", "vendor", "responsible", "ordered_by"]
audience = ["executive", "plant manager"]
*/
with
ordered as (
    select
        instance,
        record_model,
        record_id,
        min(event_at) as ordered_at,
        arg_min(actor_kind, event_at) as actor_kind,
    from fct_event
    where record_model = 'purchase.order' and field = 'state' and new_value in ('purchase', 'done')
    group by instance, record_model, record_id
)

select
    document.instance,
    document.record_model,
    document.record_id,
    document.name,
    document.plant,
    document.company,
    document.product,
    document.vendor,
    document.responsible,
    document.amount,
    document.currency,
    case ordered.actor_kind
        when 'human' then 'person'
        when 'automation' then 'machine'
        when 'integration' then 'machine'
        else 'unknown'
    end as ordered_by,
    ordered.ordered_at as at,
    not exists (
        from fct_approval as approval
        where approval.instance = ordered.instance
            and approval.record_model = ordered.record_model
            and approval.record_id = ordered.record_id
    ) as is_good,
from ordered
inner join fct_case as document
    on document.instance = ordered.instance
    and document.record_model = ordered.record_model
    and document.record_id = ordered.record_id
