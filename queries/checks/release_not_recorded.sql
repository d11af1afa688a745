/*
title = "The release of every order is recorded"
definition = "An order that is past draft has a tracked confirmation; imports and code that switch tracking off leave none."
severity = "warn"
owner = "Operator"
remedy = "these orders are left out of release lead time: find what writes them without tracking"
*/
select
    instance,
    record_model,
    record_id,
    name,
    plant,
from fct_production_order
where released_at is null and not is_draft and not is_cancelled and not is_backorder
