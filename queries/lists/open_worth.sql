/*
title = "What waits behind a KPI, and what that holds up"
definition = "Of KPIs that measure how long records wait: per plant how many wait now, and what the open orders are worth that wait for them in turn. An order that waits for two such records counts with both, so the amount is what it is at most."
*/
with
waiting as (
    select 'release_lead_time' as kpi, instance, record_model, record_id, plant
    from fct_production_order
    where is_draft and not is_backorder
    union all
    select 'shortage_resolution_time', instance, record_model, record_id, plant
    from fct_shortage
    where outcome = 'open'
    union all
    select 'quality_hold_duration', instance, record_model, record_id, plant
    from fct_hold
    where outcome = 'open'
    union all
    select 'purchase_approval_turnaround', instance, record_model, record_id, plant
    from fct_approval_round
    where is_open and record_model = 'purchase.order'
),

record as (
    select distinct *
    from waiting
)

select
    record.kpi,
    record.plant,
    count(*) as waiting_count,
    sum(held_up.amount) as held_up_amount,
    any_value(held_up.currency) as held_up_currency,
from record
left join fct_held_up as held_up using (instance, record_model, record_id)
group by record.kpi, record.plant
order by record.kpi, record.plant nulls last
