/*
title = "Orders that waited for an owner"
definition = "The 50 production orders of a plant that an owner held longest, of those completed in the last 26 weeks and of open ones: for how long (plant closed left out), of which lead time, and who holds an open one now. Without an owner, those that took longest."
*/
with
held as (
    select
        instance,
        any_value(record_model) as record_model,
        record_id,
        any_value(name) as name,
        any_value(plant) as plant,
        any_value(product) as product,
        any_value(outcome) as outcome,
        max(order_ended_at) as ended_at,
        min(from_at) as started_at,
        sum(elapsed_seconds) as lead_seconds,
        sum(
            case
                when $owner is null then open_seconds
                when $owner = 'closed' then closed_seconds
                when owner = $owner then open_seconds
                else 0
            end
        ) as held_seconds,
        arg_max(owner, to_at) as last_owner,
    from fct_wait
    where outcome <> 'cancelled' and plant is not distinct from $plant
    group by instance, record_id
)

select
    held.*,
    odoo_url(url, version, held.record_model, held.record_id) as record_url,
from held
left join odoo_instance on odoo_instance.instance = held.instance
where held_seconds > 0
order by held_seconds desc, record_id
limit 50
