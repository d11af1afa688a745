/*
title = "Unblock list"
definition = "What stands still, one line for each document, by what it puts at risk: of every order that waits for a record and is due within seven days, or late already, its value times the chance that the record still stands still on that day. The chance is that of cases of its kind and plant in the last 26 weeks that had lasted as long (Kaplan-Meier); it is one where the order is late already, where no case lasted as long, or where fewer than twenty have ended. Ages are told against the time within which 85 % of such cases ended: 1.0 is slower than 85 %. Approvals, shortages, quality holds, overdue receipts and work orders, and drafts past their limit are all here; failed runs and other exceptions only where an order due soon waits for their record, the latter without a chance and after what has one. An order counts with each record that holds it up."
*/
with
kind as (
    from (values
        ('waiting_approval', 'approval'),
        ('short_order', 'shortage'),
        ('hold_past_limit', 'hold'),
        ('stalled_draft_order', 'release'),
        ('stalled_draft_purchase', 'quotation'),
        ('late_receipt', 'receipt'),
        ('overdue_work_order', 'operation'),
        ('dead_letter', 'run'),
        ('stuck_run', 'run')
    ) as kind (exception, kind)
),

exception as (
    select
        coalesce(kind.kind, 'exception') as kind,
        fct_exception.*,
    from fct_exception
    left join kind using (exception)
    where coalesce(kind.kind, '') not in ('release', 'quotation') or fct_exception.is_overdue
),

-- A hold that is not past its limit yet is no exception; an exception of no kind of standstill has no history.
found as (
    select
        coalesce(exception.kind, standstill.kind) as kind,
        coalesce(exception.exception, 'hold_past_limit') as exception,
        coalesce(exception.title, 'Goods held') as title,
        coalesce(exception.instance, standstill.instance) as instance,
        coalesce(exception.record_model, standstill.record_model) as record_model,
        coalesce(exception.record_id, standstill.record_id) as record_id,
        coalesce(exception.name, standstill.name) as name,
        coalesce(exception.plant, standstill.plant) as plant,
        coalesce(standstill.workflow, 'other') as workflow,
        standstill.product,
        standstill.work_center,
        if(exception.kind = 'approval', standstill.responsible, coalesce(exception.responsible, standstill.responsible))
            as responsible,
        coalesce(standstill.role, if(exception.is_overdue, exception.fallback, exception.owner), 'Head of quality') as role,
        coalesce(exception.detail, if(exception.exception is null, 'within its limit', null)) as detail,
        coalesce(exception.remedy, 'decide what becomes of the goods') as remedy,
        coalesce(exception.is_overdue, false) as is_overdue,
        coalesce(standstill.stuck_at, exception.since_at) as since_at,
        coalesce(standstill.age_seconds, exception.age_seconds) as age_seconds,
        standstill.usual_case_count,
        standstill.usual_seconds,
        standstill.age_ratio,
        coalesce(standstill.waiting_count, exception.waiting_count, 0) as waiting_count,
        coalesce(standstill.due_soon_count, exception.due_soon_count, 0) as due_soon_count,
        coalesce(standstill.first_due_at, held_up.first_due_at) as first_due_at,
        coalesce(standstill.held_up_amount, exception.held_up_amount) as held_up_amount,
        coalesce(standstill.held_up_currency, exception.held_up_currency) as held_up_currency,
        coalesce(standstill.due_soon_amount, held_up.due_soon_amount) as due_soon_amount,
        standstill.chance,
        standstill.at_risk_amount,
        coalesce(standstill.about_model, exception.record_model) as about_model,
        coalesce(standstill.about_id, exception.record_id) as about_id,
        coalesce(standstill.about_instance, exception.instance) as about_instance,
        if(standstill.kind is null, exception.record_model, standstill.timeline_model) as timeline_model,
        if(standstill.kind is null, exception.record_id, standstill.timeline_id) as timeline_id,
    from exception
    full join (
        from fct_standstill where kind not in ('release', 'quotation')
    ) as standstill using (kind, instance, record_model, record_id)
    left join fct_held_up as held_up
        on exception.kind = 'exception'
        and held_up.instance = exception.instance
        and held_up.record_model = exception.record_model
        and held_up.record_id = exception.record_id
    where exception.exception is not null or standstill.kind = 'hold'
),

-- What puts most at risk leads a document, the rest is told with it: its other exceptions, work orders and failed runs.
told as (
    select
        found.*,
        row_number() over document as place,
        list(found.title) over (
            document rows between unbounded preceding and unbounded following exclude current row
        ) as others,
    from found
    where found.kind not in ('run', 'exception') or found.due_soon_count > 0
    window document as (
        partition by found.about_instance, found.about_model, found.about_id
        order by
            found.at_risk_amount desc nulls last,
            found.kind = 'exception',
            found.age_ratio desc nulls last,
            found.age_seconds desc,
            found.exception
    )
)

select
    told.* exclude (place, others),
    nullif(array_to_string(
        list_sort(list_distinct(list_transform(told.others, lambda other: if(other = told.title, 'more of this kind', other)))),
        ', '
    ), '') as also,
    odoo_url(odoo_instance.url, odoo_instance.version, told.record_model, told.record_id) as record_url,
from told
left join odoo_instance on odoo_instance.instance = told.instance
where told.place = 1
order by
    told.at_risk_amount desc nulls last,
    told.due_soon_amount desc nulls last,
    told.due_soon_count desc,
    told.age_ratio desc nulls last,
    told.age_seconds desc,
    told.name
