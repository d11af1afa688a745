/*
title = "Orders a record holds up"
definition = "Open production and sales orders that wait for a record, however far down, and itself where it is one: those due first come first. Orders of plants the reader does not see are left out."
*/
select
    waiting.instance,
    waiting.record_model,
    waiting.record_id,
    waiting.name,
    waiting.plant,
    waiting.due_at,
    held.is_due_soon,
    held.is_end,
    waiting.reporting_amount as amount,
    waiting.reporting_currency as currency,
    odoo_url(odoo_instance.url, odoo_instance.version, waiting.record_model, waiting.record_id) as record_url,
from fct_held_up_order as held
inner join fct_open_order as waiting
    on waiting.instance = held.instance
    and waiting.record_model = held.record_model
    and waiting.record_id = held.record_id
left join odoo_instance on odoo_instance.instance = waiting.instance
where held.instance = $instance
    and held.holder_model = $record_model
    and held.holder_id = $record_id
    and held.is_demand
order by waiting.due_at nulls last, waiting.name
