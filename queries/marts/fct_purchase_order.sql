/*
grain = "one row per purchase order: when it was first ordered, by whom, and whether anybody had been asked for approval"
key = ["instance", "record_id"]
person = ["responsible"]
*/
with
ordered as (
    select
        instance,
        record_id,
        min(event_at) as ordered_at,
        arg_min(actor_kind, event_at) as actor_kind,
    from fct_event
    where record_model = 'purchase.order' and field = 'state' and new_value in ('purchase', 'done')
    group by instance, record_id
),

asked as (
    select distinct
        instance,
        record_id,
    from fct_approval
    where record_model = 'purchase.order'
)

select
    document.instance,
    document.record_model,
    document.record_id,
    document.name,
    document.plant,
    document.company,
    document.product,
    document.product_family,
    document.vendor,
    document.responsible,
    document.state,
    document.amount,
    document.currency,
    document.created_at,
    ordered.ordered_at,
    case
        when ordered.ordered_at is null then null
        when ordered.actor_kind = 'human' then 'person'
        when ordered.actor_kind in ('automation', 'integration') then 'machine'
        else 'unknown'
    end as ordered_by,
    asked.record_id is not null as is_approval_asked,
from dim_document as document
left join ordered
    on ordered.instance = document.instance and ordered.record_id = document.record_id
left join asked
    on asked.instance = document.instance and asked.record_id = document.record_id
where document.record_model = 'purchase.order'
