/*
grain = "one row per interface and hour (UTC) of the last seven days in which it ran, by when its runs began"
key = ["interface_key", "hour_at"]
*/
select
    interface_key,
    date_trunc('hour', coalesce(started_at, created_at)) as hour_at,
    any_value(interface) as interface,
    any_value(source) as source,
    any_value(plant) as plant,
    count(*) as run_count,
    count(*) filter (where has_failed) as failure_count,
    count(*) filter (where is_open) as open_count,
    quantile_cont(e2e_seconds, 0.95) as p95_seconds,
from fct_integration_transaction
where coalesce(started_at, created_at) >= date_trunc('hour', $as_of) - interval 7 day
    and coalesce(started_at, created_at) <= $as_of
group by interface_key, date_trunc('hour', coalesce(started_at, created_at))
