/*
title = "Every interface has an owner and an objective"
definition = "Each flow that ran in the last 90 days has a section [[interface]] in ops.toml that says who answers for it and how fast it is to be, where its source tells how long runs take. Odoo's own scheduled actions need none."
severity = "warn"
owner = "Head of IT"
remedy = "add owner and latency to its section [[interface]] in ops.toml"
*/
select
    instance,
    interface as name,
    plant,
    concat_ws(', ', if(is_owned, null, 'no owner'), if(has_objective or not is_timed, null, 'no latency objective'))
        || ' (' || source || ', flow ' || coalesce(flow_key, 'unknown') || ')' as detail,
from dim_interface
where is_seen
    and source <> 'cron'
    and last_run_at > (select max(last_run_at) from dim_interface) - interval 90 day
    and not (is_owned and (has_objective or not is_timed))
