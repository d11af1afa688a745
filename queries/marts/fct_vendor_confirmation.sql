/*
grain = "one row per purchase order that was placed, of companies that keep track of confirmations: when its vendor confirmed it, when goods first came"
key = ["instance", "record_id"]
person = ["responsible"]
*/
with
-- Odoo 19 tracks the confirmation; before, two refreshes bound it.
tracked as (
    select
        instance,
        record_id,
        min(event_at) filter (where new_value = '1') as acknowledged_at,
    from fct_change
    where record_model = 'purchase.order' and field = 'acknowledged'
    group by instance, record_id
),

seen as (
    select
        instance,
        id as record_id,
        min(valid_from) as first_seen_at,
        min(valid_from) filter (where is_acknowledged) as acknowledged_at,
    from stg_purchase_order_history
    group by instance, id
),

receipt as (
    select
        instance,
        record_id,
        min(first_moved_at) as received_at,
    from fct_promise
    where record_model = 'purchase.order'
    group by instance, record_id
),

confirmation as (
    select
        purchase.*,
        bought.company_id,
        purchase.state in ('cancel', 'deleted') as is_cancelled,
        coalesce(bought.is_acknowledged, false) as is_acknowledged,
        coalesce(tracked.acknowledged_at, nullif(seen.acknowledged_at, seen.first_seen_at)) as acknowledged_at,
        receipt.received_at,
    from fct_purchase_order as purchase
    inner join stg_purchase_order_last as bought
        on bought.instance = purchase.instance and bought.id = purchase.record_id
    left join tracked on tracked.instance = purchase.instance and tracked.record_id = purchase.record_id
    left join seen on seen.instance = purchase.instance and seen.record_id = purchase.record_id
    left join receipt on receipt.instance = purchase.instance and receipt.record_id = purchase.record_id
    where purchase.ordered_at is not null
)

select
    instance,
    record_model,
    record_id,
    name,
    plant,
    company,
    vendor,
    responsible,
    amount,
    currency,
    is_cancelled,
    is_acknowledged,
    is_acknowledged and acknowledged_at is null as is_acknowledged_before,
    ordered_at,
    acknowledged_at,
    received_at,
from confirmation
-- A full receipt makes Odoo 19 set the mark by itself: only one that came before says that vendors confirm.
qualify max(
    case when received_at is null then is_acknowledged else coalesce(acknowledged_at < received_at, false) end
) over (partition by instance, company_id)
