/*
title = "Receipts that are inspected"
definition = "Of the purchase order lines of which something was received, by the day of the first receipt, how many had goods held for quality: an inspection (OCA), a quality check or alert (Enterprise), or a stay in a quarantine location. Goods are those of the order that brought them, by the receipt, the moves it led to, or their lot. Goods received lately may yet be put aside: their share is a lower limit."
unit = "share"
direction = "none"
owner = "Head of quality"
measure = "share"
statistic = "rate"
clocks = ["elapsed"]
dimensions = ["plant", "company", "vendor", "product", "product_family"]
audience = ["executive", "plant manager"]
*/
with
held as (
    select
        instance,
        purchase_id,
        product,
        min(held_at) as held_at,
    from fct_hold
    where purchase_id is not null
    group by instance, purchase_id, product
)

select
    line.instance,
    line.record_model,
    line.record_id,
    line.line_id,
    line.name,
    line.plant,
    line.company,
    line.partner as vendor,
    line.product,
    line.product_family,
    line.quantity,
    held.held_at,
    line.first_moved_at as at,
    held.purchase_id is not null as is_good,
from fct_promise as line
left join held
    on held.instance = line.instance and held.purchase_id = line.record_id and held.product is not distinct from line.product
where line.record_model = 'purchase.order' and line.first_moved_at is not null
