/*
title = "Milestones come in their order"
definition = "No production order is done before work on it began, or begun before it was created; no purchase order is ordered before it was created. A minute is allowed for servers whose clocks differ."
severity = "warn"
owner = "Operator"
remedy = "clocks differ between servers, or dates were entered by hand: durations of these orders count as nothing"
*/
select
    instance,
    record_model,
    record_id,
    name,
    plant,
    if(done_at < started_at - interval 1 minute, 'done before begun', 'begun before created') as detail,
from fct_production_order
where done_at < started_at - interval 1 minute
    or started_at < created_at - interval 1 minute

union all

select
    instance,
    record_model,
    record_id,
    name,
    plant,
    'ordered before created' as detail,
from fct_purchase_order
where ordered_at < created_at - interval 1 minute
