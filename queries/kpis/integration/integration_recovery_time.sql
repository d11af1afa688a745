/*
title = "Integration recovery time"
definition = "How long it takes from the first failure of a transaction to its success, by itself or by hand; of a schedule, whose next run does the work of the one that failed, from the first failure in a row to the next success of the flow. The median; what has not recovered counts with its age. Transactions that were cancelled or set to done by hand are left out."
unit = "duration"
direction = "lower"
owner = "Head of IT"
measure = "duration"
statistic = "p50"
clocks = ["elapsed"]
dimensions = ["plant", "company", "interface", "source", "flow_name", "failure_class"]
audience = ["operator"]
*/
with
-- The first success of a schedule after each of its failures.
scheduled as (
    select
        failed.transaction_key,
        success.succeeded_at,
    from (
        select * from fct_integration_transaction where trigger = 'schedule' and first_failed_at is not null
    ) as failed
    asof left join (
        select interface_key, succeeded_at from fct_integration_transaction
        where trigger = 'schedule' and succeeded_at is not null
    ) as success
        on success.interface_key = failed.interface_key and success.succeeded_at > failed.first_failed_at
    -- Failures in a row are one.
    qualify row_number() over (
        partition by failed.interface_key, success.succeeded_at order by failed.first_failed_at, failed.transaction_key
    ) = 1
),

failure as (
    select
        run.instance,
        run.record_model,
        run.record_id,
        run.flow_name as name,
        run.plant,
        run.company,
        run.interface,
        run.source,
        run.flow_name,
        run.failure_class,
        run.transaction_key as event_key,
        run.status,
        run.attempts,
        run.resolved_by,
        run.error_code,
        run.error_text,
        run.first_failed_at as started_at,
        coalesce(scheduled.succeeded_at, run.succeeded_at) as ended_at,
    from fct_integration_transaction as run
    left join scheduled on scheduled.transaction_key = run.transaction_key
    where run.first_failed_at is not null
        and (scheduled.transaction_key is not null or run.trigger is distinct from 'schedule')
        and run.status not in ('cancelled', 'unknown')
)

select
    *,
    epoch(greatest(coalesce(ended_at, $as_of), started_at) - started_at) as elapsed_seconds,
    null::double as working_seconds,
from failure
