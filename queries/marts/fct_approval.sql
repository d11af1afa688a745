/*
grain = "one row per approval step asked for: Odoo's double validation of a purchase order, or one OCA tier review"
key = ["approval_id"]
person = ["responsible", "requester", "awaited", "approver"]
*/
with
purchase_state as (
    select
        instance,
        record_id,
        event_at,
        new_value,
        actor_id,
        lead(event_at) over step as next_at,
        lead(new_value) over step as next_value,
        lead(actor_id) over step as next_actor_id,
    from fct_event
    where record_model = 'purchase.order' and field = 'state'
    window step as (partition by instance, record_id order by event_at, message_id)
),

double_validation as (
    select
        instance,
        'purchase.order' as record_model,
        record_id,
        'double validation' as mechanism,
        'Purchase manager' as step_name,
        null::bigint as review_id,
        row_number() over (partition by instance, record_id order by event_at) as round_number,
        1 as step,
        event_at as requested_at,
        event_at as pending_at,
        'exact' as pending_quality,
        next_at as closed_at,
        case next_value
            when 'purchase' then 'approved'
            when 'done' then 'approved'
            when 'cancel' then 'cancelled'
            else
                case
                    when next_value is not null then 'withdrawn'
                    when next_at is not null then 'end not recorded'
                    else 'open'
                end
        end as outcome,
        actor_id as requester_id,
        null::bigint as awaited_id,
        next_actor_id as approver_id,
    from purchase_state
    where new_value = 'to approve'
),

review as (
    select
        review.*,
        definition.name as definition_name,
        if(definition.review_type = 'individual', definition.reviewer_id, null) as awaited_id,
        coalesce(definition.approve_sequence, false) as is_in_turn,
        min(reviewed_at) filter (where status = 'rejected')
            over (partition by review.instance, document_model, document_id, review.gone_at) as rejected_at,
        dense_rank() over (partition by review.instance, document_model, document_id order by review.gone_at nulls last)
            as round_number,
        max(reviewed_at) over earlier as earlier_reviewed_at,
        count(*) filter (where status in ('waiting', 'pending')) over earlier as earlier_open_count,
        count(*) filter (where status = 'rejected') over earlier as earlier_rejected_count,
    from stg_tier_review_last as review
    left join stg_tier_definition_last as definition
        on definition.instance = review.instance and definition.id = review.definition_id
    window earlier as (
        partition by review.instance, document_model, document_id, review.gone_at
        order by sequence, review.id
        rows between unbounded preceding and 1 preceding
    )
),

-- When a tier's turn came: to the second where the audit log says it, else between two refreshes.
turn as (
    select
        instance,
        review_id,
        min(logged_at) as logged_at,
        min(seen_at) as seen_at,
    from (
        select
            log.instance,
            log.document_id as review_id,
            log.logged_at,
            null::timestamp as seen_at,
        from stg_auditlog_log_last as log
        inner join stg_ir_model_last as model on model.instance = log.instance and model.id = log.model_id
        inner join stg_auditlog_log_line_last as line on line.instance = log.instance and line.log_id = log.id
        where model.model = 'tier.review' and line.field_name = 'status' and line.new_value = 'pending'
        union all
        select
            instance,
            id as review_id,
            null::timestamp as logged_at,
            valid_from as seen_at,
        from stg_tier_review_history
        qualify status = 'pending' and lag(status) over (partition by instance, id order by valid_from) = 'waiting'
    )
    group by instance, review_id
),

document_end as (
    select
        instance,
        record_model,
        record_id,
        min(event_at) filter (where new_value = 'cancel') as cancelled_at,
        min(event_at) filter (where new_value in ('purchase', 'done')) as confirmed_at,
    from fct_event
    where field = 'state' and workflow in ('production', 'purchase')
    group by instance, record_model, record_id
),

tier as (
    select
        review.instance,
        review.document_model as record_model,
        review.document_id as record_id,
        'tier review' as mechanism,
        coalesce(review.definition_name, 'tier ' || review.sequence) as step_name,
        review.id as review_id,
        review.round_number,
        review.sequence as step,
        review.created_at as requested_at,
        coalesce(
            turn.logged_at,
            case
                when review.is_in_turn and review.earlier_open_count > 0 then null
                when review.is_in_turn and review.earlier_rejected_count > 0 then null
                when review.is_in_turn then greatest(review.created_at, review.earlier_reviewed_at)
                else review.created_at
            end,
            turn.seen_at
        ) as pending_at,
        case
            when turn.logged_at is not null or not review.is_in_turn then 'exact'
            when review.earlier_open_count > 0 or review.earlier_rejected_count > 0 then if(turn.seen_at is null, null, 'seen')
            else 'derived'
        end as pending_quality,
        case
            when review.status not in ('waiting', 'pending') and review.reviewed_at is not null then review.reviewed_at
            when review.rejected_at is not null then review.rejected_at
            when document_end.cancelled_at >= review.created_at then document_end.cancelled_at
            when document_end.confirmed_at >= review.created_at then document_end.confirmed_at
            when review.gone_by = 'deleted' then review.gone_at
        end as closed_at,
        case
            when review.status in ('approved', 'rejected', 'forwarded') then review.status
            when review.status not in ('waiting', 'pending') then 'withdrawn'
            when review.rejected_at is not null then 'moot'
            when document_end.cancelled_at >= review.created_at then 'cancelled'
            when document_end.confirmed_at >= review.created_at then 'moot'
            when review.gone_by = 'deleted' then 'withdrawn'
            else 'open'
        end as outcome,
        review.requested_by_id as requester_id,
        review.awaited_id,
        review.done_by_id as approver_id,
    from review
    left join turn
        on turn.instance = review.instance and turn.review_id = review.id
    left join document_end
        on document_end.instance = review.instance
        and document_end.record_model = review.document_model
        and document_end.record_id = review.document_id
),

asked as (
    select * from double_validation
    union all
    select * from tier
),

-- A step that is still open although its document has moved on was ended by something that left no trace.
step as (
    select
        asked.* exclude (outcome),
        case
            when asked.outcome = 'open' and (
                document.state in ('purchase', 'done', 'cancel', 'deleted')
                or (asked.mechanism = 'double validation' and document.state <> 'to approve')
            ) then 'end not recorded'
            else asked.outcome
        end as outcome,
    from asked
    inner join dim_document as document
        on document.instance = asked.instance
        and document.record_model = asked.record_model
        and document.record_id = asked.record_id
),

-- What is asked for, in the currency of the company, at the rate of the day.
worth as (
    select
        step.*,
        document.amount * case
            when document.currency = company.currency then 1
            else own.rate / company_rate.rate
        end as company_amount,
    from step
    inner join dim_document as document
        on document.instance = step.instance
        and document.record_model = step.record_model
        and document.record_id = step.record_id
    left join (select distinct instance, company, currency from dim_plant) as company
        on company.instance = document.instance and company.company = document.company
    asof left join dim_exchange_rate as own
        on own.instance = document.instance
        and own.currency = document.currency
        and own.valid_from <= step.requested_at
    asof left join dim_exchange_rate as company_rate
        on company_rate.instance = company.instance
        and company_rate.currency = company.currency
        and company_rate.valid_from <= step.requested_at
)

select
    step.instance || ':' || step.record_model || ':' || step.record_id || ':' || step.mechanism || ':'
    || step.round_number || ':' || row_number() over (
        partition by step.instance, step.record_model, step.record_id, step.mechanism, step.round_number
        order by step.step, step.requested_at, step.step_name
    ) as approval_id,
    step.instance,
    step.record_model,
    step.record_id,
    document.workflow,
    document.name,
    document.plant,
    document.company,
    document.product,
    document.product_family,
    document.vendor,
    document.responsible,
    document.amount,
    document.currency,
    risk.name as risk_class,
    step.mechanism,
    step.step_name,
    step.round_number,
    step.step,
    step.requested_at,
    step.pending_at,
    step.pending_quality,
    step.pending_at + to_seconds(coalesce(own.sla, general.sla)) as due_at,
    step.closed_at,
    step.outcome,
    step.review_id,
    step.requester_id,
    requester.name as requester,
    case when step.outcome in ('approved', 'rejected') then step.approver_id end as approver_id,
    case when step.outcome = 'open' then awaited.name end as awaited,
    case when step.outcome in ('approved', 'rejected') then approver.name end as approver,
    case when step.outcome in ('approved', 'rejected') then approver.kind end as approver_kind,
from worth as step
inner join dim_document as document
    on document.instance = step.instance
    and document.record_model = step.record_model
    and document.record_id = step.record_id
asof left join cfg_risk_class as risk
    on risk.amount <= step.company_amount
-- How long an approval may take is said once, for the exception and for all KPIs.
left join cfg_exception as general
    on general.exception = 'waiting_approval' and general.plant = ''
left join cfg_exception as own
    on own.exception = 'waiting_approval' and own.plant = document.plant
left join dim_user as awaited
    on awaited.instance = step.instance and awaited.user_id = step.awaited_id
left join dim_user as requester
    on requester.instance = step.instance and requester.user_id = step.requester_id
left join dim_user as approver
    on approver.instance = step.instance and approver.user_id = step.approver_id
