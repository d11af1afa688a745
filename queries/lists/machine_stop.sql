/*
title = "Downtime of a machine"
definition = "The 200 newest spans in which a work center of a plant was down, with the reason its log names and who logged it; one that lasts has the time so far. working_seconds is the part in the working hours of the plant (none where those are not known)."
*/
with
span as (
    select *
    from fct_downtime
    where workcenter = $machine and plant is not distinct from $plant
    order by started_at desc, record_id desc
    limit 200
)

select
    span.instance,
    span.record_model,
    span.record_id,
    span.plant,
    span.reason,
    span.responsible,
    span.started_at,
    span.ended_at,
    span.elapsed_seconds,
    span.working_seconds,
    odoo_url(odoo_instance.url, odoo_instance.version, span.record_model, span.record_id) as record_url,
from with_clocks('span', 'dim_calendar', $as_of) as span
left join odoo_instance on odoo_instance.instance = span.instance
order by span.started_at desc, span.record_id desc
