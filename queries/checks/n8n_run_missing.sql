/*
title = "Runs of n8n are read before they are cleared away"
definition = "Of the runs that n8n numbered in the last 28 days, at most the share under limit is missing: not kept, or cleared away before they were read. Some numbers are never used."
severity = "warn"
owner = "Operator"
limit = 0.005
remedy = "refresh more often, or let n8n keep more (EXECUTIONS_DATA_PRUNE_MAX_COUNT, EXECUTIONS_DATA_MAX_AGE), and let workflows keep their successes"
*/
with
numbered as (
    select
        instance,
        status,
    from fct_integration_event
    where source = 'n8n'
    qualify coalesce(created_at, first_seen_at) >= max(last_seen_at) over () - interval 28 day
),

counted as (
    select
        instance,
        count(*) as runs,
        count(*) filter (where status = 'unknown') as missing,
    from numbered
    group by instance
)

select
    instance,
    instance as name,
    missing || ' of ' || runs || ' runs are missing' as detail,
from counted
where missing > runs * limit_of('n8n_run_missing', '')
