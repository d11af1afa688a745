/*
title = "What is short, and what it waits for"
definition = "Released production orders that wait for material, the longest waiting first, one line for each component they lack (none where it is not known which): how much of it is missing, when Odoo forecasts it, what is to bring it (the purchase line or production order of it in the plant that is due first), and how much of it lies in the plant held for quality. Ages are told against the time within which 85 % of the shortages of the plant ended; what is at risk is told by the rule of the unblock list."
*/
with
lacking as (
    select
        instance,
        record_id,
        move_id,
        component,
        demand_quantity,
        missing_quantity,
        forecast_at,
    from fct_component_shortage
    where seen_to_at is null
),

supply as (
    select
        instance,
        plant,
        product as component,
        record_model,
        record_id,
        name,
        partner,
        due_at,
    from fct_promise
    where record_model = 'purchase.order' and outcome = 'open' and open_quantity > 0
    union all
    select
        instance,
        plant,
        product as component,
        record_model,
        record_id,
        name,
        null as partner,
        deadline_at as due_at,
    from fct_open_production
),

first_supply as (
    select *
    from supply
    where component in (select component from lacking)
    qualify row_number() over (
        partition by instance, plant, component order by due_at nulls last, record_model, record_id
    ) = 1
),

held as (
    select
        instance,
        plant,
        product as component,
        sum(quantity) as quantity,
    from fct_hold
    where outcome = 'open' and source = 'quarantine stock' and product in (select component from lacking)
    group by instance, plant, product
),

waiting as (
    select
        instance,
        record_id,
        move_id,
        any_value(vendor) as vendor,
    from fct_component_wait
    where ended_at is null
    group by instance, record_id, move_id
)

select
    shortage.instance,
    shortage.record_model,
    shortage.record_id,
    shortage.name,
    shortage.plant,
    shortage.product,
    shortage.responsible,
    shortage.waits_for,
    shortage.short_at as short_since_at,
    epoch($as_of - shortage.short_at) as age_seconds,
    coalesce(due.due_at, shortage.deadline_at) as due_at,
    lacking.component,
    lacking.demand_quantity,
    lacking.missing_quantity,
    lacking.forecast_at,
    coalesce(lacking.forecast_at < $as_of, false) as is_forecast_past,
    coalesce(waiting.vendor, first_supply.partner) as vendor,
    first_supply.record_model as supply_model,
    first_supply.record_id as supply_id,
    first_supply.name as supply_name,
    first_supply.due_at as supply_due_at,
    coalesce(first_supply.due_at < $as_of, false) as is_supply_late,
    held.quantity as held_quantity,
    standstill.usual_case_count,
    standstill.usual_seconds,
    standstill.age_ratio,
    coalesce(standstill.due_soon_count, 0) as due_soon_count,
    standstill.held_up_currency,
    standstill.at_risk_amount,
    odoo_url(odoo_instance.url, odoo_instance.version, shortage.record_model, shortage.record_id) as record_url,
from fct_shortage as shortage
left join fct_open_order as due
    on due.instance = shortage.instance
    and due.record_model = shortage.record_model
    and due.record_id = shortage.record_id
left join lacking on lacking.instance = shortage.instance and lacking.record_id = shortage.record_id
left join waiting
    on waiting.instance = lacking.instance and waiting.record_id = lacking.record_id and waiting.move_id = lacking.move_id
left join first_supply
    on first_supply.instance = shortage.instance
    and first_supply.plant = shortage.plant
    and first_supply.component = lacking.component
left join held
    on held.instance = shortage.instance and held.plant = shortage.plant and held.component = lacking.component
left join fct_standstill as standstill
    on standstill.kind = 'shortage'
    and standstill.instance = shortage.instance
    and standstill.record_model = shortage.record_model
    and standstill.record_id = shortage.record_id
left join odoo_instance on odoo_instance.instance = shortage.instance
where shortage.outcome = 'open'
order by shortage.short_at, shortage.record_id, lacking.component
