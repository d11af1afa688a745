/*
title = "Orders with manual interventions"
definition = "Of the production orders completed, how many a person had to intervene in: a reservation taken away or made by hand, an order unlocked, or work entered more than an hour after it was done. Confirming an order by hand is no such intervention. Orders done at a time that was not recorded are left out."
unit = "share"
direction = "lower"
owner = "Head of production"
measure = "share"
statistic = "rate"
clocks = ["elapsed"]
dimensions = ["plant", "company", "product", "product_family", "responsible"]
audience = ["executive", "plant manager"]
*/
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
    intervention.kinds,
    production.done_at as at,
    intervention.document_id is not null as is_bad,
from fct_production_order as production
left join (
    select
        instance,
        document_id,
        array_to_string(list_sort(list(distinct kind)), ', ') as kinds,
    from fct_intervention
    where document_model = 'mrp.production' and kind <> 'confirmed by hand'
    group by instance, document_id
) as intervention
    on intervention.instance = production.instance and intervention.document_id = production.record_id
where production.done_at is not null
