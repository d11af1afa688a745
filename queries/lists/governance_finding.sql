/*
title = "Findings of internal control"
definition = "Records that the given exception rules name, overdue and severe ones first."
*/
select
    exception,
    title,
    severity,
    owner,
    fallback,
    remedy,
    instance,
    record_model,
    record_id,
    name,
    plant,
    responsible,
    detail,
    since_at,
    age_seconds,
    limit_seconds,
    is_overdue,
    held_up_amount as amount,
    held_up_currency as currency,
    record_url,
from fct_exception
where list_contains($rules::varchar[], exception)
order by
    is_overdue desc, list_position(['high', 'medium', 'low'], severity), held_up_amount desc nulls last,
    age_seconds desc, record_model, record_id
