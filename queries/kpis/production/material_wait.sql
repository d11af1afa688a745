/*
title = "Wait for material"
definition = "From the confirmation of a production order until all its components are reserved, or until work starts or ends without them. Back-orders wait from the split that made them; orders cancelled before, and orders done at an unrecorded time, are left out."
target = "3 d"
unit = "duration"
direction = "lower"
owner = "Head of production planning"
measure = "duration"
statistic = "p85"
clocks = ["elapsed", "working"]
dimensions = ["plant", "company", "product", "product_family", "responsible"]
audience = ["executive", "plant manager"]
*/
with
wait as (
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
        released_at as started_at,
        material_wait_ended_at as ended_at,
    from fct_production_order
    where released_at is not null
        and (material_wait_ended_at is not null or state not in ('done', 'cancel'))
)

select *
from with_clocks('wait', 'dim_calendar', $as_of)
