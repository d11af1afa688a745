/*
title = "n8n workflows"
definition = "Every run of an n8n workflow. A run and its retries are one transaction, told by the first of them. What was started by hand or by another workflow, and error workflows, are no transactions of their own; neither are runs of workflows that do not keep all of them, which would seem to fail always, or never. A run that n8n stopped because it took too long has failed. A run whose number was given out but that n8n does not have (not kept, or cleared away) is unknown."
blind = "Tries within a node: of workflows with a node that tries again the attempts are not known. Errors that a node passes on as data, except in workflows that ops.toml calls strict. A time limit set for all of n8n: a run that it stopped looks like one that somebody stopped. A setting of all of n8n not to keep runs, but for the numbers that are missing then. What never reached n8n."
*/
with recursive
seen as (
    select
        instance,
        id,
        min(started_at) as started_at,
        min(valid_from) as first_seen_at,
        max(valid_from) as last_seen_at,
        bool_or(status = 'waiting') as has_waited,
        min(valid_from) filter (where status = 'crashed') as crashed_seen_at,
        bool_or(status in ('new', 'running', 'waiting')) as was_seen_under_way,
    from stg_n8n_execution_history
    group by instance, id
),

-- After a wait, n8n tells when the run went on as its start. The first start is known where it was seen before that.
run as (
    select
        told.*,
        workflow.name as workflow_name,
        plant.plant,
        workflow.owner,
        workflow.keeps_success and workflow.keeps_failure as keeps_all,
        coalesce(told.max_tries, workflow.max_tries) as node_tries,
        least(seen.first_seen_at, told.missed_since_at) as first_seen_at,
        seen.last_seen_at,
        seen.crashed_seen_at,
        seen.was_seen_under_way,
        if(
            (seen.has_waited or coalesce(workflow.has_wait, false))
            and told.created_at is not null
            and seen.started_at > told.created_at + interval 5 second,
            null,
            seen.started_at
        ) as first_started_at,
        case
            when told.missed_since_at is not null then 'unknown'
            when told.status = 'new' then 'pending'
            when told.status in ('running', 'waiting') then told.status
            when told.status = 'success' then if(told.error_name is null, 'success', 'failed')
            when told.status in ('error', 'crashed') then 'failed'
            when told.status <> 'canceled' then 'unknown'
            when told.error_name ilike '%timeout%'
                or told.stopped_at >= coalesce(told.created_at, told.started_at) + to_seconds(
                    coalesce(told.timeout_seconds, workflow.timeout_seconds)
                ) then 'failed'
            else 'cancelled'
        end as own_status,
    from stg_n8n_execution_last as told
    inner join seen on seen.instance = told.instance and seen.id = told.id
    left join stg_n8n_workflow_last as workflow
        on workflow.instance = told.instance and workflow.workflow_id = told.workflow_id
    left join (select distinct plant from dim_plant) as plant on plant.plant = workflow.plant
),

-- A run and its retries, and theirs, by the first of them.
chain as (
    select
        instance,
        id,
        id as root_id,
    from run
    semi join (select instance, retry_of_id from run) as retry on retry.instance = run.instance and retry.retry_of_id = run.id
    where retry_of_id is null
    union all
    select
        run.instance,
        run.id,
        chain.root_id,
    from run
    inner join chain on chain.instance = run.instance and chain.id = run.retry_of_id
),

transaction as (
    select
        chain.instance,
        chain.root_id,
        count(*) as runs,
        count(*) filter (where run.own_status = 'failed') as failures,
        min(run.stopped_at) filter (where run.own_status = 'failed') as first_failed_at,
        max(run.stopped_at) filter (where run.own_status = 'failed') as last_failed_at,
        min(run.stopped_at) filter (where run.own_status = 'success') as succeeded_at,
        bool_or(run.own_status in ('pending', 'running', 'waiting')) as is_open,
    from chain
    inner join run on run.instance = chain.instance and run.id = chain.id
    group by chain.instance, chain.root_id
),

outcome as (
    select
        run.*,
        chain.root_id,
        transaction.runs,
        transaction.succeeded_at,
        transaction.last_failed_at,
        coalesce(transaction.failures, (run.own_status = 'failed')::int) as failures,
        coalesce(transaction.first_failed_at, if(run.own_status = 'failed', run.stopped_at, null)) as first_failed_at,
        case
            when transaction.succeeded_at is not null then 'success'
            when transaction.is_open then 'retrying'
            else run.own_status
        end as status_now,
        run.own_status = 'failed' and run.status = 'canceled' as is_timeout,
        run.status = 'crashed' and run.was_seen_under_way as is_crash_seen,
    from run
    left join chain on chain.instance = run.instance and chain.id = run.id
    left join transaction on transaction.instance = run.instance and transaction.root_id = run.id
)

select
    'n8n:' || instance || ':' || id as event_key,
    'n8n' as source,
    instance,
    'n8n.execution' as record_model,
    id as record_id,
    workflow_id as flow_key,
    coalesce(workflow_name, if(workflow_id is null, 'not known', 'workflow ' || workflow_id)) as flow_name,
    owner as flow_owner,
    case mode
        when 'trigger' then 'schedule'
        when 'webhook' then 'webhook'
        when 'retry' then 'retry'
        when 'error' then 'error_handler'
        when 'integrated' then 'sub'
        when 'manual' then 'manual'
        when 'evaluation' then 'manual'
        when 'cli' then 'manual'
        else if(mode is null, null, 'event')
    end as trigger,
    coalesce(mode, '') not in ('manual', 'evaluation', 'cli', 'error', 'integrated', 'internal')
    and coalesce(keeps_all, true) as is_kpi,
    plant,
    correlation_id,
    odoo_model,
    odoo_id as odoo_res_id,
    'n8n:' || instance || ':' || coalesce(retry_of_id, parent_id) as parent_key,
    'n8n:' || instance || ':' || coalesce(root_id, parent_id) as root_key,
    status_now as status,
    outcome.status as native_status,
    case
        when failures = 0 then null
        when outcome.status = 'success' and own_status = 'failed' then 'swallowed'
        when is_timeout then 'timeout'
        when outcome.status = 'crashed' then 'crash'
        when error_node_type = 'n8n-nodes-base.stopAndError' then 'business'
        when regexp_full_match(error_code, '4\d\d') and error_code not in ('408', '429') then 'business'
        else 'technical'
    end as failure_class,
    if(own_status = 'failed', coalesce(error_code, error_name), null) as error_code,
    if(own_status = 'failed', error_text, null) as error_text,
    if(own_status = 'failed', error_node, null) as error_node,
    if(node_tries is null and own_status <> 'unknown', coalesce(runs, 1), null)::integer as attempts,
    node_tries::integer as max_attempts,
    failures > 0 as has_failed,
    if(node_tries is null and own_status <> 'unknown', failures, null)::integer as failed_attempts,
    first_failed_at,
    coalesce(outcome.created_at, first_started_at) as created_at,
    first_started_at as started_at,
    case
        when status_now = 'success' then coalesce(succeeded_at, stopped_at)
        when status_now = 'failed' then if(is_crash_seen, crashed_seen_at, coalesce(last_failed_at, stopped_at))
        when status_now = 'cancelled' then stopped_at
    end as ended_at,
    case
        when status_now not in ('success', 'failed', 'cancelled') then 'missing'
        when outcome.status <> 'crashed' or status_now = 'success' then 'exact'
        else if(is_crash_seen, 'upper_bound', 'lower_bound')
    end as ended_quality,
    status_now = 'failed' as is_dead_letter,
    if(failures > 0 and status_now = 'success', 'later success', null) as resolution,
    rtrim(cfg_n8n.url, '/') || '/workflow/' || workflow_id || '/executions/' || id as record_url,
    first_seen_at,
    last_seen_at,
from outcome
left join cfg_n8n on cfg_n8n.name = outcome.instance
