/*
grain = "one row per transaction: a run that counts, together with the runs that tried it again"
key = ["transaction_key"]
person = ["error_text", "flow_owner"]
*/
-- What became of a run in the end. It may have been tried again by runs of their own (n8n), or been sent again under the
-- same correlation id.
with
root as (
    select
        * exclude (event_key, parent_key, root_key, is_kpi, e2e_seconds, queue_seconds, exec_seconds),
        event_key as transaction_key,
    from fct_integration_event
    where is_kpi and root_key = event_key
),

retry as (
    select
        root_key,
        count(*) as retry_count,
        count(*) filter (where status = 'failed') as failed_count,
        min(ended_at) filter (where status = 'success') as succeeded_at,
        arg_max(status, (coalesce(created_at, started_at), record_id)) as status,
        arg_max(error_code, (coalesce(created_at, started_at), record_id)) as error_code,
        arg_max(error_text, (coalesce(created_at, started_at), record_id)) as error_text,
        max(ended_at) as ended_at,
    from fct_integration_event
    where trigger = 'retry' and root_key <> event_key
    group by root_key
),

success as (
    select
        source,
        instance,
        flow_key,
        correlation_id,
        ended_at,
    from root
    where status = 'success' and correlation_id is not null
),

sent_again as (
    select
        root.transaction_key,
        success.ended_at as succeeded_at,
    from root
    asof inner join success
        on success.source = root.source
        and success.instance = root.instance
        and success.flow_key = root.flow_key
        and success.correlation_id = root.correlation_id
        and success.ended_at > root.first_failed_at
    where root.status = 'failed'
),

-- What runs by a schedule is made up for by the next run that succeeds: it stays failed, but nobody needs to repeat it.
next_run as (
    select
        root.transaction_key,
        success.ended_at as succeeded_at,
    from root
    asof inner join (
        select interface_key, ended_at from root where trigger = 'schedule' and status = 'success'
    ) as success
        on success.interface_key = root.interface_key and success.ended_at > root.first_failed_at
    where root.trigger = 'schedule' and root.status = 'failed'
),

outcome as (
    select
        root.* replace (
            root.has_failed or coalesce(retry.failed_count > 0, false) as has_failed,
            case
                when root.status = 'success' or retry.succeeded_at is not null then 'success'
                when sent_again.succeeded_at is not null then 'success'
                else coalesce(retry.status, root.status)
            end as status,
            greatest(root.attempts, 1 + retry.retry_count)::integer as attempts,
            greatest(
                root.failed_attempts, if(retry.retry_count > 0, retry.failed_count + root.has_failed::int, null)
            )::integer as failed_attempts,
            coalesce(retry.error_code, root.error_code) as error_code,
            coalesce(retry.error_text, root.error_text) as error_text,
            case
                when root.resolved_by is not null then root.resolved_by
                when retry.succeeded_at is not null then 'later success'
                when sent_again.succeeded_at is not null then 'sent again'
                when next_run.succeeded_at is not null then 'next run'
            end as resolved_by,
            root.is_dead_letter and next_run.succeeded_at is null as is_dead_letter
        ),
        if(root.status = 'success', root.ended_at, least(retry.succeeded_at, sent_again.succeeded_at)) as succeeded_at,
        greatest(root.ended_at, retry.ended_at) as last_ended_at,
        next_run.succeeded_at as made_up_at,
    from root
    left join retry on retry.root_key = root.transaction_key
    left join sent_again on sent_again.transaction_key = root.transaction_key
    left join next_run on next_run.transaction_key = root.transaction_key
),

-- How long a run of an interface usually takes.
usual as (
    select
        interface_key,
        median(epoch(succeeded_at - started_at)) as seconds,
    from outcome
    where status = 'success' and ended_quality is distinct from 'lower_bound'
    group by interface_key
),

standing as (
    select
        outcome.* exclude (last_ended_at, ended_at),
        outcome.status in ('pending', 'waiting', 'running', 'retrying') as is_open,
        -- Some sources date the end of a run by its beginning.
        succeeded_at is not null and ended_quality is distinct from 'lower_bound' as is_end_known,
        case
            when outcome.status = 'success' then succeeded_at
            when outcome.status in ('failed', 'cancelled') then last_ended_at
        end as ended_at,
        greatest(3600, 10 * coalesce(usual.seconds, 0)) as long_seconds,
    from outcome
    left join usual on usual.interface_key = outcome.interface_key
),

moment as (
    select
        *,
        greatest(created_at, eligible_at) as ready_at,
        greatest(created_at, eligible_at, started_at) + to_seconds(long_seconds) as long_at,
        -- When it was no longer a dead letter: resolved, or since then seen waiting to run again.
        case
            when dead_at is null or is_dead_letter and status = 'failed' then null
            when is_open then greatest(dead_at, coalesce(last_seen_at, first_seen_at, dead_at))
            else coalesce(made_up_at, ended_at, resolved_at)
        end as dead_until,
    from standing
)

select
    * exclude (is_dead_letter, resolved_at, made_up_at, long_at, long_seconds),
    is_dead_letter and status = 'failed' as is_dead_letter,
    coalesce(made_up_at, if(has_failed and not is_open and status <> 'failed', ended_at, null)) as resolved_at,
    -- From when on it was stuck, until it ended: tried again, or running, waiting or not beginning for much longer than is
    -- usual.
    case
        when dead_at is not null then if(is_open, dead_until, null)
        when has_failed and (is_open or status = 'success') then coalesce(first_failed_at, started_at, created_at)
        when coalesce(ended_at, $as_of) > long_at and (is_open or ended_at is not null) then long_at
    end as stuck_at,
    case
        when stuck_at is null then null
        when has_failed then 'tried again'
        when started_at is null then 'does not begin'
        else if(status = 'waiting', 'waits', 'runs') || ' for longer than usual'
    end as stuck_by,
    -- In the backlog from when it was due until its outcome, of what has one or still waits for it.
    is_open or (status <> 'unknown' and ended_at is not null) as has_waited,
    coalesce(ready_at, started_at) as waits_from_at,
    case when is_open then null when has_failed then first_failed_at else ended_at end as waits_until_at,
    -- Its latency, from being accepted to its success, of what somebody waits for; known where both moments are.
    coalesce(created_at, started_at, ended_at) as accepted_at,
    trigger is distinct from 'schedule' and accepted_at is not null and (status in ('success', 'failed') or is_open)
        as has_latency,
    created_at is not null and (is_end_known or status <> 'success') as is_latency_known,
    seconds_from(ready_at, started_at) as queue_seconds,
    if(is_end_known, seconds_from(started_at, succeeded_at), null) as exec_seconds,
    if(is_end_known, seconds_from(created_at, succeeded_at), null) as e2e_seconds,
from moment
