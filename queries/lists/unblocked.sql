/*
title = "Unblocked today"
definition = "What stood still and moved on since five in the morning of its plant (the last five o'clock before the data), the newest first: how long it had stood still, and by whom, where that is known. Where goods or orders were cancelled, that is told."
*/
with
morning as (
    select
        instance,
        plant,
        timezone,
        timezone('UTC', timezone(
            timezone,
            date_trunc('day', timezone(timezone, timezone('UTC', $as_of)) - interval 5 hour) + interval 5 hour
        )) as began_at,
    from dim_plant
)

select
    stuck.kind,
    stuck.instance,
    stuck.record_model,
    stuck.record_id,
    stuck.about_instance,
    stuck.timeline_model,
    stuck.timeline_id,
    stuck.name,
    stuck.plant,
    stuck.workflow,
    stuck.product,
    stuck.work_center,
    stuck.responsible,
    stuck.ended_by,
    stuck.outcome,
    stuck.stuck_at,
    stuck.ended_at,
    epoch(stuck.ended_at - stuck.stuck_at) as stuck_seconds,
    morning.began_at,
    odoo_url(odoo_instance.url, odoo_instance.version, stuck.record_model, stuck.record_id) as record_url,
from fct_stuck as stuck
inner join morning using (instance, plant)
left join odoo_instance on odoo_instance.instance = stuck.instance
where stuck.ended_at >= morning.began_at
    and stuck.ended_at <= $as_of
order by stuck.ended_at desc, stuck.kind, stuck.name
