/*
title = "Exceptions"
definition = "Records that an exception rule names, and whether a record has a timeline: overdue and severe ones first, of these what holds up orders due soon, then by what is held up or at stake, and by age."
*/
select
    fct_exception.exception,
    fct_exception.title,
    fct_exception.severity,
    fct_exception.owner,
    fct_exception.fallback,
    fct_exception.remedy,
    fct_exception.limit_seconds,
    fct_exception.instance,
    fct_exception.record_model,
    fct_exception.record_id,
    fct_exception.name,
    fct_exception.plant,
    fct_exception.responsible,
    fct_exception.detail,
    fct_exception.since_at,
    fct_exception.age_seconds,
    fct_exception.is_overdue,
    fct_exception.waiting_count,
    fct_exception.due_soon_count,
    fct_exception.held_up_amount,
    fct_exception.held_up_currency,
    fct_exception.record_url,
    fct_case.product_family,
    fct_case.record_id is not null as has_timeline,
from fct_exception
left join fct_case
    on fct_case.instance = fct_exception.instance
    and fct_case.record_model = fct_exception.record_model
    and fct_case.record_id = fct_exception.record_id
order by
    fct_exception.is_overdue desc,
    list_position(['high', 'medium', 'low'], fct_exception.severity),
    coalesce(fct_exception.due_soon_count, 0) > 0 desc,
    fct_exception.held_up_amount desc nulls last,
    fct_exception.age_seconds desc,
    fct_exception.exception,
    fct_exception.name,
    fct_exception.record_id
