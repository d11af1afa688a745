/*
title = "Vendor confirmation time"
definition = "How long it takes from ordering until the vendor confirms the purchase order (Odoo: acknowledged). An order whose goods come before any confirmation ends with the first receipt (ended_by); Odoo 19 marks it as confirmed then. Odoo 19 records the moment; in older versions it lies between two refreshes, and what was confirmed before the first refresh is left out. So are cancelled orders, and companies in which no order was ever confirmed before its goods came: there nobody keeps track of it."
unit = "duration"
direction = "lower"
target = "2 d"
objective = 0.85
limit = "5 d"
owner = "Head of purchasing"
measure = "duration"
statistic = "p50"
clocks = ["elapsed", "working"]
dimensions = ["plant", "company", "vendor", "responsible", "ended_by"]
audience = ["executive", "plant manager"]
*/
with
confirmation as (
    select
        instance,
        record_model,
        record_id,
        name,
        plant,
        company,
        vendor,
        responsible,
        amount,
        currency,
        case
            when acknowledged_at < coalesce(received_at, 'infinity') then 'vendor'
            when received_at is not null then 'receipt'
            else 'open'
        end as ended_by,
        acknowledged_at,
        received_at,
        ordered_at as started_at,
        least(acknowledged_at, received_at) as ended_at,
    from fct_vendor_confirmation
    where not is_cancelled and not is_acknowledged_before
)

select *
from with_clocks('confirmation', 'dim_calendar', $as_of)
