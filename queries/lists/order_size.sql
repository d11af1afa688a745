/*
title = "How large orders are, and who is responsible for them"
definition = "Production orders by quantity and purchase orders by untaxed amount, created in a span of time."
*/
select
    instance,
    record_model,
    record_id,
    'quantity' as size_of,
    quantity as size,
    responsible,
from fct_production_order
where created_at >= $since_at::timestamp and created_at < $until_at::timestamp
union all
select
    instance,
    record_model,
    record_id,
    'amount' as size_of,
    amount as size,
    responsible,
from fct_purchase_order
where created_at >= $since_at::timestamp and created_at < $until_at::timestamp
