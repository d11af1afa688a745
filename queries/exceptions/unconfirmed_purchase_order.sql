/*
title = "Purchase order not confirmed"
definition = "A purchase order that its vendor has not confirmed and of which nothing has come yet. Only in companies in which vendors do confirm orders before they deliver."
severity = "medium"
sla = "3 d"
owner = "Buyer"
fallback = "Head of purchasing"
remedy = "ask the vendor to confirm quantity and date"
needs = ["purchase_order"]
*/
select
    instance,
    record_model,
    record_id,
    name,
    plant,
    ordered_at as since_at,
    responsible,
    'waits for ' || coalesce(vendor, 'the vendor') as detail,
from fct_vendor_confirmation
where not is_acknowledged and not is_cancelled and received_at is null and acknowledged_at is null
