/*
title = "Orders due soon that are held up"
definition = "Of each plant whose records hold them up: the orders at the end of a chain, due within seven days or late already, that wait for something on the unblock list that stands still, each counted once, and what they are worth."
*/
select
    plant,
    count(*) as order_count,
    count(*) filter (where due_at <= $as_of) as late_count,
    sum(amount) as amount,
    any_value(currency) as currency,
from (
    select distinct
        standstill.plant,
        held.instance,
        held.record_model,
        held.record_id,
        held.due_at,
        held.reporting_amount as amount,
        held.reporting_currency as currency,
    from fct_standstill as standstill
    inner join fct_held_up_order as held
        on held.instance = standstill.about_instance
        and held.holder_model = standstill.about_model
        and held.holder_id = standstill.about_id
    where held.is_end and held.is_due_soon and standstill.kind not in ('release', 'quotation')
)
group by plant
order by plant
