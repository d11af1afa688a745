/*
title = "Purchase approval turnaround"
definition = "From the request for approval of a purchase order to the final decision, one row for each round of approval: Odoo's double validation, or all OCA tiers together. A rejection is a decision. Orders below the limit, and rounds ended by cancelling or withdrawing, are left out."
unit = "duration"
direction = "lower"
target = "1 d"
measure = "duration"
statistic = "p50"
owner = "Head of purchasing"
clocks = ["elapsed", "working"]
dimensions = ["plant", "company", "product", "vendor", "responsible", "mechanism"]
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
        vendor,
        responsible,
        mechanism,
        round_number,
        count(*) as step_count,
        min(requested_at) as started_at,
        case
            when bool_or(outcome = 'rejected') then min(closed_at) filter (where outcome = 'rejected')
            when bool_and(outcome in ('approved', 'forwarded', 'moot'))
                then max(closed_at) filter (where outcome = 'approved')
        end as ended_at,
        bool_or(outcome = 'open') as is_open,
    from fct_approval
    where record_model = 'purchase.order'
    group by all
),

counted as (
    select * exclude (is_open)
    from approval_round
    where ended_at is not null or is_open
)

select *
from with_clocks('counted', 'dim_calendar', $as_of)
