/*
grain = "one row per open order, work order, transfer and hold of goods: which open orders wait for it, however far down, and what that is worth"
key = ["instance", "record_model", "record_id"]
*/
-- waiting_count: production and sales orders that wait for this one (fct_held_up_order); due_soon_count: of these and itself,
-- those due within seven days or already late. The amount is that of the ends of the chains, so that nothing counts twice:
-- the sales orders, or the production orders that nobody waits for; of an order that nobody waits for its own. due_soon_amount:
-- that of the ends that are due within seven days or already late.
select
    waiting.instance,
    waiting.holder_model as record_model,
    waiting.holder_id as record_id,
    any_value(waiting.plant) as plant,
    count(*) filter (where waiting.is_waiting) as waiting_count,
    count(*) filter (where waiting.is_due_soon) as due_soon_count,
    min(waiting.due_at) filter (where waiting.is_demand) as first_due_at,
    -- Orders that wait for each other have no end: then it is the order's own.
    coalesce(
        sum(waiting.reporting_amount) filter (where waiting.is_end),
        any_value(waiting.reporting_amount) filter (
            where waiting.record_model = waiting.holder_model and waiting.record_id = waiting.holder_id
        )
    ) as amount,
    sum(waiting.reporting_amount) filter (where waiting.is_end and waiting.is_due_soon) as due_soon_amount,
    any_value(waiting.reporting_currency) as currency,
    count(*) filter (where waiting.is_end and waiting.reporting_amount is null) as unvalued_count,
from fct_held_up_order as waiting
group by waiting.instance, waiting.holder_model, waiting.holder_id
