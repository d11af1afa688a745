/*
title = "Manual interventions"
definition = "What people did by hand where a system could have: production orders confirmed, reservations taken away, material reserved although none came in at that moment, orders unlocked, background jobs set to done, stock adjusted, orders cancelled and made again within a day, and entries made more than an hour after what they tell of. What machines did is left out, as is what Odoo does not record: unlocked production orders count only with an audit log."
unit = "count"
direction = "lower"
owner = "Process owner"
measure = "sum"
statistic = "total"
clocks = ["elapsed"]
dimensions = ["plant", "company", "kind", "product_family", "intervened_by"]
audience = ["executive", "plant manager", "operator"]
*/
select
    instance,
    record_model,
    record_id,
    name,
    plant,
    company,
    product,
    product_family,
    kind,
    intervened_by,
    detail,
    confidence,
    intervened_at as at,
    1 as amount,
from fct_intervention
