/*
title = "First decision on purchases"
definition = "From the request for approval of a purchase order to the first decision of anybody, one row for each round of approval: with OCA tiers the first tier that approves, rejects or forwards, with Odoo's double validation the only one. Rounds that were cancelled or withdrawn before any decision are left out; machines that decide are told apart (decided_by)."
unit = "duration"
direction = "lower"
target = "1 d"
measure = "duration"
statistic = "p50"
owner = "Head of purchasing"
clocks = ["elapsed", "working"]
dimensions = ["plant", "company", "product", "product_family", "vendor", "responsible", "mechanism", "risk_class", "decided_by"]
audience = ["executive", "plant manager"]
*/
with
first_decision as (
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
        decided_at,
        requested_at as started_at,
        first_decided_at as ended_at,
    from fct_approval_round
    where record_model = 'purchase.order' and (first_decided_at is not null or is_open)
)

select *
from with_clocks('first_decision', 'dim_calendar', $as_of)
