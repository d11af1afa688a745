/*
title = "Production variance not reviewed"
definition = "A production order that was done in one of the last two closed months and cost at least 10 % (its limit) more or less than its standard, on which nobody has commented since and whose value nobody has set by hand. Orders without a known standard or a known cost of every component are left out."
severity = "medium"
about = "control"
sla = "5 d"
limit = 0.10
owner = "Cost accountant"
fallback = "Head of finance"
remedy = "look at quantities, times and costs of the order, and note the reason on it"
needs = ["mrp_production", "stock_move"]
*/
with
ordered as (
    select
        cost.*,
        cost.actual_amount - cost.standard_amount as variance_amount,
        -- The month is that of the plant's own clock.
        date_trunc('month', cost.done_at at time zone 'UTC' at time zone dim_plant.timezone) as month,
        date_trunc('month', $as_of at time zone 'UTC' at time zone dim_plant.timezone) as this_month,
        dim_plant.timezone,
    from fct_production_cost as cost
    inner join dim_plant on dim_plant.instance = cost.instance and dim_plant.plant = cost.plant
    where cost.standard_amount > 0 and cost.actual_amount is not null
)

select
    ordered.instance,
    ordered.record_model,
    ordered.record_id,
    ordered.name,
    ordered.plant,
    (ordered.month + interval 1 month) at time zone ordered.timezone at time zone 'UTC' as since_at,
    ordered.responsible,
    format('{:+.0f}', 100 * ordered.variance_amount / ordered.standard_amount) || ' % against standard' as detail,
    abs(ordered.variance_amount) as amount,
    ordered.currency,
from ordered
where ordered.month < ordered.this_month
    and ordered.month >= ordered.this_month - interval 2 month
    and abs(ordered.variance_amount) >= limit_of('variance_unreviewed', ordered.plant) * ordered.standard_amount
    and not exists (
        from stg_mail_message_last as message
        where message.instance = ordered.instance
            and message.document_model = 'mrp.production'
            and message.document_id = ordered.record_id
            and message.message_type = 'comment'
            and coalesce(message.sent_at, message.created_at) > ordered.done_at
    )
    and not exists (
        from stg_product_value_last as value
        inner join stg_stock_move_last as move
            on move.instance = value.instance and move.id = value.move_id
        where move.instance = ordered.instance
            and move.production_id = ordered.record_id
            and value.created_at > ordered.done_at
    )
