/*
title = "Exceptions"
definition = "Records that an exception rule names, overdue and severe ones first."
*/
select
    exception,
    title,
    severity,
    owner,
    fallback,
    remedy,
    limit_seconds,
    instance,
    record_model,
    record_id,
    name,
    plant,
    responsible,
    detail,
    since_at,
    age_seconds,
    is_overdue,
    waiting_count,
    due_soon_count,
    held_up_amount,
    held_up_currency,
    record_url,
from fct_exception
order by is_overdue desc, list_position(['high', 'medium', 'low'], severity), age_seconds desc
