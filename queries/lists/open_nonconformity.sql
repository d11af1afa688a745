/*
title = "Nonconformities and actions that are open"
definition = "Nonconformities that are not closed, and the actions they lead to, past their day first and then the oldest: what it is about, with whom it is, how old it is, and of a nonconformity how many actions it has."
*/
with
entry as (
    select
        'nonconformity' as kind,
        instance,
        record_model,
        record_id,
        name,
        plant,
        subject,
        product,
        severity as detail,
        responsible,
        stage,
        action_count,
        created_at,
        null::date as due_on,
        null::timestamp as due_at,
    from fct_nonconformity
    where status = 'open'
    union all
    select
        coalesce(action_type, 'action') as kind,
        instance,
        record_model,
        record_id,
        name,
        plant,
        subject,
        null as product,
        nonconformity as detail,
        responsible,
        stage,
        null::bigint as action_count,
        created_at,
        due_on,
        due_at,
    from fct_corrective_action
    where status = 'open'
)

select
    entry.*,
    epoch($as_of - entry.created_at) as age_seconds,
    coalesce(entry.due_at < $as_of, false) as is_overdue,
    odoo_url(odoo_instance.url, odoo_instance.version, entry.record_model, entry.record_id) as record_url,
from entry
left join odoo_instance on odoo_instance.instance = entry.instance
order by is_overdue desc, entry.created_at, entry.record_model, entry.record_id
