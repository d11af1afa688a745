/*
title = "Goods held too long"
definition = "Goods that are held for quality (an open inspection, check or alert, or stock in a quarantine location) for longer than the limit, since the moment it was passed. Inspections that are only planned hold nothing."
severity = "medium"
sla = "2 d"
limit = "4 d"
owner = "Head of quality"
fallback = "Plant manager"
remedy = "decide what becomes of the goods: release, rework, scrap or return them"
needs = ["stock_move or qc_inspection or quality_check or quality_alert"]
*/
select
    instance,
    record_model,
    record_id,
    any_value(name) as name,
    plant,
    min(held_at) + to_seconds(limit_of('hold_past_limit', plant)) as since_at,
    any_value(responsible) as responsible,
    string_agg(distinct source, ', ' order by source) || ': '
    || case
        when count(distinct product) = 0 then 'goods that are not named'
        when count(distinct product) = 1
            then coalesce(printf('%g × ', sum(quantity)), '') || min(product)
        else count(distinct product) || ' products'
    end as detail,
    sum(value) as amount,
    min(currency) as currency,
from fct_hold
where outcome = 'open'
    and held_at + to_seconds(limit_of('hold_past_limit', plant)) <= $as_of
group by instance, record_model, record_id, plant
