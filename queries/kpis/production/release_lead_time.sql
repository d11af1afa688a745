/*
title = "Release lead time"
definition = "From the creation of a production order to its first confirmation. Drafts count as open. Back-orders split off a running order are left out, as are orders cancelled as drafts and orders whose release was never recorded."
target = "1 d"
unit = "duration"
direction = "lower"
headline = 1
told = "takes {value} to release an order"
objective = 0.9
limit = "2 d"
owner = "Head of production planning"
measure = "duration"
statistic = "p50"
clocks = ["elapsed", "working"]
dimensions = ["plant", "company", "product", "product_family", "responsible"]
audience = ["executive", "plant manager"]
*/
with
release as (
    select
        instance,
        record_model,
        record_id,
        name,
        plant,
        company,
        product,
        product_family,
        responsible,
        created_at as started_at,
        released_at as ended_at,
    from fct_production_order
    where not is_backorder
        and (released_at is not null or is_draft)
)

select *
from with_clocks('release', 'dim_calendar', $as_of)
