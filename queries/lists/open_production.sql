/*
title = "Open production orders against plan and due date"
definition = "Released production orders that are not done, those due first come first: the plan frozen at the release and how often it was moved since, whether start and finish are late by it and the tolerance, when the order is due, and of those due within seven days, or late already, the three records that are likeliest to hold them up until then and how many more there are, and the chance of being late: that of the unblock list of what holds it most, one where it is late already, none where nothing known holds it."
*/
with
due as (
    select
        instance,
        record_id,
        due_at,
        coalesce(due_at < $as_of, false) as is_late,
        coalesce(due_at < $as_of + interval 7 day, false) as is_due_soon,
        epoch($as_of - due_at) as past_due_seconds,
        reporting_amount as amount,
        reporting_currency as currency,
    from fct_open_order
    where record_model = 'mrp.production'
),

-- Hundreds of records may hold an order up, far up its chain: it names the three that are likeliest to make it late.
ranked as (
    select
        *,
        row_number() over (order by chance desc nulls last, kind, name, instance, record_model, record_id) as place,
    from fct_standstill
),

held as (
    select
        held_up.instance,
        held_up.record_id,
        max(ranked.chance) as chance,
        count(*) as holder_count,
        min(ranked.place, 3) as places,
    from fct_held_up_order as held_up
    inner join due on due.instance = held_up.instance and due.record_id = held_up.record_id and due.is_due_soon
    inner join ranked
        on ranked.about_instance = held_up.instance
        and ranked.about_model = held_up.holder_model
        and ranked.about_id = held_up.holder_id
    where held_up.record_model = 'mrp.production'
    group by held_up.instance, held_up.record_id
),

named as (
    select
        *,
        unnest(places) as place,
    from held
),

holder as (
    select
        named.instance,
        named.record_id,
        any_value(named.chance) as chance,
        string_agg(ranked.kind || ' ' || ranked.name, ', ' order by ranked.place)
            || if(any_value(named.holder_count) > 3, ' and ' || any_value(named.holder_count) - 3 || ' more', '') as held_by,
    from named
    inner join ranked on ranked.place = named.place
    group by named.instance, named.record_id
),

judged as (
    select
        due.*,
        holder.held_by,
        if(due.is_late, 1, holder.chance) as chance,
    from due
    left join holder on holder.instance = due.instance and holder.record_id = due.record_id
)

select
    production.* exclude (deadline_at),
    epoch($as_of - production.planned_start_at) as start_late_seconds,
    epoch($as_of - production.planned_finish_at) as finish_late_seconds,
    judged.due_at,
    coalesce(judged.is_late, false) as is_late,
    coalesce(judged.is_due_soon, false) as is_due_soon,
    judged.past_due_seconds,
    judged.held_by,
    judged.chance,
    judged.amount,
    judged.currency,
    if(judged.is_due_soon, judged.amount * judged.chance, null) as at_risk_amount,
    odoo_url(odoo_instance.url, odoo_instance.version, production.record_model, production.record_id) as record_url,
from fct_open_production as production
left join judged on judged.instance = production.instance and judged.record_id = production.record_id
left join odoo_instance on odoo_instance.instance = production.instance
where production.released_at is not null
order by judged.due_at nulls last, production.record_id
