/*
grain = "one row per workflow of orders, plant, variant and month (UTC) of the last twelve months and the running one: how many cases closed, and the newest of them"
key = ["workflow", "plant", "variant", "month"]
*/
select
    workflow,
    plant,
    variant,
    date_trunc('month', ended_at)::date as month,
    count(*) as case_count,
    count(*) filter (where ended_at >= $as_of::date - 181) as recent_count,  -- of the last 26 weeks
    arg_max(instance, (ended_at, instance, record_id)) as instance,
    arg_max(record_model, (ended_at, instance, record_id)) as record_model,
    arg_max(record_id, (ended_at, instance, record_id)) as record_id,
    arg_max(name, (ended_at, instance, record_id)) as name,
from fct_case
where workflow in ('production', 'purchase') -- what stands around orders shows in their own ways
    and plant is not null
    and variant is not null
    and outcome in ('completed', 'cancelled')
    and ended_at >= date_trunc('month', $as_of) - interval 12 month
    and ended_at < $as_of::date + 1
group by workflow, plant, variant, month
