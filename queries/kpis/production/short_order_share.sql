/*
title = "Orders short of a component"
definition = "Of the production orders released, by the day of their first confirmation, how many were ever short of a bought or stocked component: waiting for material at that moment or later. To wait for another order's product does not count, nor do back-orders, which inherit the shortage of the order they were split from. Orders released lately may yet run short: their share is a lower limit."
unit = "share"
direction = "lower"
target = 0.15
owner = "Head of purchasing"
measure = "share"
statistic = "rate"
clocks = ["elapsed"]
dimensions = ["plant", "company", "product", "product_family", "responsible"]
audience = ["executive", "plant manager"]
*/
with
short as (
    select
        instance,
        record_id,
        min(short_at) as short_at,
        count(*) as shortage_count,
    from fct_shortage
    where waits_for = 'components'
    group by instance, record_id
)

select
    production.instance,
    production.record_model,
    production.record_id,
    production.name,
    production.plant,
    production.company,
    production.product,
    production.product_family,
    production.responsible,
    short.short_at,
    short.shortage_count,
    production.released_at as at,
    short.record_id is not null as is_bad,
from fct_production_order as production
left join short on short.instance = production.instance and short.record_id = production.record_id
where production.released_at is not null and not production.is_backorder
