/*
title = "Every row has its document"
definition = "Components, purchase order lines and reviews belong to an order that was read, too."
severity = "warn"
owner = "Operator"
remedy = "the document was deleted while it was read, or the reading user may not see it: run `python -m etl refresh --full`; if it stays, compare the user's rights with `python -m etl check`"
*/
select
    move.instance,
    'stock.move' as record_model,
    move.id as record_id,
    move.reference as name,
    'production order ' || move.raw_material_production_id as detail,
from stg_stock_move as move
left join stg_mrp_production_last as production
    on production.instance = move.instance and production.id = move.raw_material_production_id
where move.raw_material_production_id is not null and production.id is null

union all by name

select
    line.instance,
    'purchase.order.line' as record_model,
    line.id as record_id,
    'purchase order ' || line.order_id as detail,
from stg_purchase_order_line as line
left join stg_purchase_order_last as purchase
    on purchase.instance = line.instance and purchase.id = line.order_id
where line.order_id is not null and purchase.id is null

union all by name

select
    review.instance,
    'tier.review' as record_model,
    review.id as record_id,
    'purchase order ' || review.document_id as detail,
from stg_tier_review as review
left join stg_purchase_order_last as purchase
    on purchase.instance = review.instance and purchase.id = review.document_id
where review.document_model = 'purchase.order' and purchase.id is null
