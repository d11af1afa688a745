/*
title = "Electronic invoices"
definition = "Every electronic invoice (account_edi), and which of them could not be sent."
blind = "How often one was tried, and a failure between two refreshes that was followed by a success."
*/
with
failed as (
    select
        instance,
        id,
        min(coalesce(changed_at, valid_from)) as first_failed_at,
    from stg_account_edi_document_history
    where error is not null and coalesce(blocking_level, 'error') = 'error'
    group by instance, id
),

document as (
    select
        document.*,
        format.name as format_name,
        invoice.company_id,
        failed.first_failed_at,
        case
            when document.gone_at is not null and document.state in ('to_send', 'to_cancel') then 'unknown'
            when document.state = 'sent' then 'success'
            when document.state = 'cancelled' then 'cancelled'
            when document.error is not null and coalesce(document.blocking_level, 'error') = 'error' then 'failed'
            when document.error is not null then 'retrying'
            when document.state in ('to_send', 'to_cancel') then 'pending'
            else 'unknown'
        end as status,
    from stg_account_edi_document_last as document
    left join stg_account_edi_format_last as format
        on format.instance = document.instance and format.id = document.format_id
    left join stg_account_move_last as invoice
        on invoice.instance = document.instance and invoice.id = document.move_id
    left join failed on failed.instance = document.instance and failed.id = document.id
)

select
    'account_edi:' || instance || ':' || id as event_key,
    'account_edi' as source,
    instance,
    'account.edi.document' as record_model,
    id as record_id,
    coalesce(format_id::varchar, 'account_edi') as flow_key,
    coalesce(format_name, 'electronic invoice') as flow_name,
    'out' as direction,
    'event' as trigger,
    true as is_kpi,
    company_id,
    'account.move' as odoo_model,
    move_id as odoo_res_id,
    status,
    state as native_status,
    if(first_failed_at is not null, 'business', null) as failure_class,
    if(error is not null, coalesce(blocking_level, 'error'), null) as error_code,
    error as error_text,
    first_failed_at is not null as has_failed,
    (first_failed_at is not null)::integer as failed_attempts,
    first_failed_at,
    created_at,
    if(status in ('success', 'cancelled', 'failed'), changed_at, null) as ended_at,
    if(status in ('success', 'cancelled', 'failed'), 'upper_bound', 'missing') as ended_quality,
    case status when 'success' then 'later success' when 'cancelled' then 'cancelled' end as resolution,
    status = 'failed' as is_dead_letter,
    seen_at as last_seen_at,
from document
