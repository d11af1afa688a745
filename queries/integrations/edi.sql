/*
title = "Exchanges of documents"
definition = "Every exchange of OCA edi, and which of them failed or were answered by an error."
blind = "How often one was tried, and a failure between two refreshes that was retried with success."
*/
-- What is sent is done once it is answered, where an answer is expected. Answers are no exchanges of their own.
with
failed as (
    select
        instance,
        id,
        min(coalesce(changed_at, valid_from)) as first_failed_at,
    from stg_edi_exchange_record_history
    where state = 'validate_error' or state like '%error%'
    group by instance, id
),

exchange as (
    select
        exchange.*,
        coalesce(kind.name, 'exchange of kind ' || exchange.type_id) as flow_name,
        kind.code,
        kind.direction,
        failed.first_failed_at,
        exists (
            select 1 from stg_edi_exchange_record_last as answered
            where answered.instance = exchange.instance and answered.answer_id = exchange.id
        ) as is_answer,
        case
            when exchange.state like '%error%' then 'failed'
            when exchange.state = 'output_sent' then
                if(kind.answer_type_id is not null, 'waiting', 'success')
            when exchange.state in ('output_sent_and_processed', 'input_processed') then 'success'
            when exchange.gone_at is not null then 'unknown'
            when exchange.state = 'input_received' then 'running'
            when exchange.state in ('new', 'output_pending', 'input_pending') then
                if(failed.first_failed_at is not null, 'retrying', 'pending')
            else 'unknown'
        end as status,
    from stg_edi_exchange_record_last as exchange
    left join stg_edi_exchange_type_last as kind
        on kind.instance = exchange.instance and kind.id = exchange.type_id
    left join failed on failed.instance = exchange.instance and failed.id = exchange.id
)

select
    'edi:' || instance || ':' || id as event_key,
    'edi' as source,
    instance,
    'edi.exchange.record' as record_model,
    id as record_id,
    coalesce(code, type_id::varchar) as flow_key,
    flow_name,
    case direction when 'input' then 'in' when 'output' then 'out' end as direction,
    'event' as trigger,
    not is_answer as is_kpi,
    company_id,
    coalesce(external_identifier, identifier) as correlation_id,
    document_model as odoo_model,
    document_id as odoo_res_id,
    if(parent_id is not null, 'edi:' || instance || ':' || parent_id, null) as parent_key,
    status,
    state as native_status,
    case
        when first_failed_at is null then null
        when state in ('validate_error', 'output_sent_and_error') then 'business'
        else 'technical'
    end as failure_class,
    if(status = 'failed', state, null) as error_code,
    error as error_text,
    first_failed_at is not null as has_failed,
    (first_failed_at is not null)::integer as failed_attempts,
    first_failed_at,
    created_at,
    if(status in ('success', 'failed'), if(state = 'output_sent', coalesce(exchanged_at, changed_at), changed_at), null)
        as ended_at,
    case
        when status not in ('success', 'failed') then 'missing'
        when state = 'output_sent' and exchanged_at is not null then 'derived'
        else 'upper_bound'
    end as ended_quality,
    if(status = 'success', 'later success', null) as resolution,
    status = 'failed' as is_dead_letter,
    seen_at as last_seen_at,
from exchange
