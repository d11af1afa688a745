/*
title = "Inboxes"
definition = "Every run that another system reported in a file: as its newest report says, with the failures of earlier ones. A run that repeats another one is part of it."
blind = "What a system does not log; a try that failed and was repeated, where the system reports only how it ended and not how many tries it took."
*/
-- The reports of a run follow each other by the times in them. What a later one does not say, an earlier one does.
with recursive
report as (
    select
        *,
        row_number() over (partition by instance, run_id order by reported_at, file_at, line, id) as turn,
    from stg_inbox_event_history
),

run as (
    select
        instance,
        run_id,
        min_by(id, turn) as record_id,
        arg_max(flow, turn) as flow,
        arg_max(flow_name, turn) as flow_name,
        arg_max(system, turn) as system,
        arg_max(status, turn) as status,
        arg_max(native_status, turn) as native_status,
        arg_max(direction, turn) as direction,
        arg_max(trigger, turn) as trigger,
        arg_max(plant, turn) as plant,
        arg_max(correlation_id, turn) as correlation_id,
        arg_max(parent_run_id, turn) as parent_run_id,
        arg_max(odoo_model, turn) as odoo_model,
        arg_max(odoo_res_id, turn) as odoo_res_id,
        arg_max(failure_class, turn) as failure_class,
        arg_max(error_code, turn) as error_code,
        arg_max(error_text, turn) as error_text,
        arg_max(error_node, turn) as error_node,
        max(attempts)::integer as attempts,
        max(max_attempts)::integer as max_attempts,
        arg_max(is_dead_letter, turn) as is_dead_letter,
        bool_or(side_effects) as side_effects,
        arg_max(record_url, turn) as record_url,
        min(created_at) as created_at,
        arg_max(eligible_at, turn) as eligible_at,
        min(started_at) as started_at,
        -- the end, the change or the file of the newest report: the end lies not later
        arg_max_null(ended_at, turn) as ended_at,
        arg_max_null(changed_at, turn) as changed_at,
        arg_max(file_at, turn) as file_at,
        count(*) filter (where status = 'failed') as failure_count,
        min(coalesce(ended_at, changed_at, reported_at)) filter (where status = 'failed') as first_failed_at,
        bool_or(status = 'retrying') as is_repeated,
        min(valid_from) as first_seen_at,
        max(valid_from) as last_seen_at,
    from report
    group by instance, run_id
),

-- Up the chain to the first run that is known. A chain that leads back into itself has none: its runs stand alone.
ancestor as (
    select
        instance,
        run_id,
        parent_run_id as ancestor_id,
        trigger = 'sub' as is_part,
        1 as distance,
    from run
    where parent_run_id <> run_id
    union all
    select
        below.instance,
        below.run_id,
        above.parent_run_id,
        below.is_part or coalesce(above.trigger = 'sub', false),
        below.distance + 1,
    from ancestor as below
    inner join run as above on above.instance = below.instance and above.run_id = below.ancestor_id
    where above.parent_run_id <> below.run_id and below.distance < 50
),

known_ancestor as (
    select
        ancestor.instance,
        ancestor.run_id,
        arg_max(ancestor.ancestor_id, ancestor.distance) as root_id,
        arg_max(coalesce(ancestor.is_part, false), ancestor.distance) as is_part,
    from ancestor
    inner join run on run.instance = ancestor.instance and run.run_id = ancestor.ancestor_id
    group by ancestor.instance, ancestor.run_id
),

root as (
    select *
    from known_ancestor
    where not exists (
        select 1 from known_ancestor as above
        where above.instance = known_ancestor.instance and above.run_id = known_ancestor.root_id
    )
),

-- What repeating a run came to.
repeated as (
    select
        root.instance,
        root.root_id,
        count(*) as run_count,
        sum(run.attempts) as attempts,
        bool_and(run.attempts is not null) as is_told,
        sum(greatest(run.failure_count, (run.status = 'failed')::int)) as failure_count,
        min(coalesce(run.ended_at, run.changed_at, run.file_at)) filter (where run.status = 'success') as succeeded_at,
        bool_or(run.status in ('pending', 'waiting', 'running', 'retrying')) as is_open,
    from root
    inner join run on run.instance = root.instance and run.run_id = root.run_id
    where not root.is_part
    group by root.instance, root.root_id
),

outcome as (
    select
        run.* exclude (attempts, failure_count),
        root.root_id,
        repeated.succeeded_at,
        if(repeated.run_count is null, run.attempts, if(repeated.is_told, run.attempts + repeated.attempts, null))::integer
            as attempts,
        run.failure_count + coalesce(repeated.failure_count, 0) as failure_count,
        case
            when run.status <> 'failed' then run.status
            when repeated.succeeded_at is not null then 'success'
            when repeated.is_open then 'retrying'
            else 'failed'
        end as final_status,
    from run
    left join root on root.instance = run.instance and root.run_id = run.run_id
    left join repeated on repeated.instance = run.instance and repeated.root_id = run.run_id
)

select
    'inbox:' || instance || ':' || run_id as event_key,
    'inbox' as source,
    instance,
    'inbox.event' as record_model,
    record_id,
    flow as flow_key,
    coalesce(system || ': ', '') || coalesce(flow_name, flow) as flow_name,
    direction,
    trigger,
    coalesce(trigger not in ('manual', 'error_handler', 'sub'), true) as is_kpi,
    plant,
    correlation_id,
    odoo_model,
    odoo_res_id,
    'inbox:' || instance || ':' || parent_run_id as parent_key,
    'inbox:' || instance || ':' || root_id as root_key,
    final_status as status,
    native_status,
    failure_class,
    error_code,
    error_text,
    error_node,
    attempts,
    max_attempts,
    failure_count > 0 or is_repeated or coalesce(attempts > 1, false) as has_failed,
    greatest(failure_count, attempts - (final_status <> 'failed')::int, is_repeated::int)::integer as failed_attempts,
    if(failure_count > 0 or is_repeated or coalesce(attempts > 1, false),
        coalesce(first_failed_at, started_at, created_at, ended_at, changed_at, file_at), null) as first_failed_at,
    created_at,
    eligible_at,
    started_at,
    case
        when final_status not in ('success', 'failed', 'cancelled') then null
        when status = 'failed' and final_status = 'success' then succeeded_at
        else coalesce(ended_at, changed_at, file_at)
    end as ended_at,
    case
        when final_status not in ('success', 'failed', 'cancelled') then 'missing'
        when status = 'failed' and final_status = 'success' then 'derived'
        when ended_at is not null then 'exact'
        when changed_at is not null then 'derived'
        else 'upper_bound'
    end as ended_quality,
    case final_status when 'success' then 'later success' when 'cancelled' then 'cancelled' end as resolution,
    root_id is null and final_status = 'failed' and coalesce(is_dead_letter, true) as is_dead_letter,
    side_effects,
    record_url,
    first_seen_at,
    last_seen_at,
from outcome
