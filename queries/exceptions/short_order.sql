/*
title = "Waiting for material"
definition = "A released production order whose components are not all reserved, with what is missing and when Odoo forecasts it. Not covered by what is on its way: what comes is not enough for this order, or is meant for others."
severity = "high"
sla = "5 d"
owner = "Material planner"
fallback = "Head of production planning"
remedy = "expedite the missing components or re-plan the order"
needs = ["mrp_production"]
*/
with
short as (
    select
        instance,
        record_model,
        record_id,
        name,
        plant,
        responsible,
        arg_max(waits_for, short_at) as waits_for,
        max(short_at) as short_at,
    from fct_shortage
    where outcome = 'open'
    group by instance, record_model, record_id, name, plant, responsible
),

missing as (
    select
        instance,
        record_id,
        string_agg(
            component
            || if(missing_quantity is null, '', format(' ({:g} missing)', missing_quantity))
            || case
                when forecast_at is not null then ', expected ' || strftime(forecast_at, '%Y-%m-%d')
                when forecast_quantity is not null then ', not covered by what is on its way'
                else ''
            end,
            '; ' order by component
        ) as components,
    from fct_component_shortage
    where seen_to_at is null
    group by instance, record_id
)

select
    short.instance,
    short.record_model,
    short.record_id,
    short.name,
    short.plant,
    short.short_at as since_at,
    short.responsible,
    coalesce(missing.components, 'waits for ' || short.waits_for) as detail,
from short
left join missing on missing.instance = short.instance and missing.record_id = short.record_id
