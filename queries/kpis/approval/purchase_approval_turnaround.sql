/*
title = "Purchase approval turnaround"
definition = "From the request for approval of a purchase order to the final decision, one row for each round of approval: Odoo's double validation, or all OCA tiers together. A rejection is a decision. Orders below the limit, and rounds ended by cancelling or withdrawing, are left out; machines that decide are told apart (decided_by)."
unit = "duration"
direction = "lower"
target = "1 d"
measure = "duration"
statistic = "p50"
headline = 4
told = "takes {value} to approve a purchase"
objective = 0.9
limit = "2 d"
owner = "Head of purchasing"
clocks = ["elapsed", "working"]
dimensions = ["plant", "company", "product", "product_family", "vendor", "responsible", "mechanism", "risk_class", "decided_by"]
audience = ["executive", "plant manager"]
*/
with
approval_round as (
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
        round_number,
        step_count,
        decided_by,
        requested_at as started_at,
        decided_at as ended_at,
    from fct_approval_round
    where record_model = 'purchase.order' and (decided_at is not null or is_open)
)

select *
from with_clocks('approval_round', 'dim_calendar', $as_of)
