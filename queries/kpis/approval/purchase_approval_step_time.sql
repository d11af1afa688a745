/*
title = "Purchase approval time per tier"
definition = "How long each step of the approval of a purchase order takes, from the moment its turn comes to its decision: one row per OCA tier review, or per double validation. A rejection is a decision; steps that were cancelled, withdrawn or overtaken by another decision are left out. A step that waits for an earlier one has not begun."
unit = "duration"
direction = "lower"
measure = "duration"
statistic = "p50"
owner = "Head of purchasing"
clocks = ["elapsed", "working"]
dimensions = ["plant", "company", "product_family", "vendor", "responsible", "mechanism", "risk_class", "step_name", "decided_by"]
audience = ["plant manager"]
*/
with
approval_step as (
    select
        instance,
        record_model,
        record_id,
        name,
        plant,
        company,
        product,
        product_family,
        vendor,
        responsible,
        mechanism,
        risk_class,
        step_name,
        step,
        round_number,
        outcome,
        pending_quality,
        case
            when outcome = 'open' then 'nobody yet'
            when approver_kind in ('human', 'external') then 'person'
            when approver_kind in ('automation', 'integration') then 'machine'
            else 'unknown'
        end as decided_by,
        pending_at as started_at,
        closed_at as ended_at,
    from fct_approval
    where record_model = 'purchase.order'
        and pending_at is not null
        and (outcome = 'open' or (outcome in ('approved', 'rejected', 'forwarded') and closed_at is not null))
)

select *
from with_clocks('approval_step', 'dim_calendar', $as_of)
