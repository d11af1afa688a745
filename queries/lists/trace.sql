/*
title = "Trace"
definition = "The path of a transaction through all systems, in order: the runs with a correlation id or key, or for a document; those that share a correlation id with one of them, tried one again or were started by one; and what happened to the documents that they are about."
*/
with recursive
path as (
    select
        event_key,
        root_key,
        parent_key,
        correlation_id,
    from fct_integration_event
    where correlation_id = $key
        or event_key = $key
        or event_key in (
            select event_key
            from fct_integration_record
            where odoo_model = $model and odoo_res_id = $id and coalesce(instance = $instance, $instance is null)
        )
    union
    select
        run.event_key,
        run.root_key,
        run.parent_key,
        run.correlation_id,
    from path
    inner join fct_integration_event as run
        on run.correlation_id = path.correlation_id
        or run.root_key = path.root_key
        or run.event_key = path.parent_key
        or run.parent_key = path.event_key
),

run as (
    select *
    from fct_integration_event
    where event_key in (select event_key from path)
),

document as (
    select
        instance,
        odoo_model as record_model,
        odoo_res_id as record_id,
    from fct_integration_record
    where event_key in (select event_key from path)
    union
    select
        instance,
        $model::varchar,
        $id::bigint,
    from odoo_instance
    where $id is not null and coalesce(instance = $instance, $instance is null)
),

happened as (
    select
        event.event_at,
        'document' as kind,
        event.instance,
        event.record_model,
        event.record_id,
        of_document.name,
        event.activity,
        concat_ws(
            ' → ',
            coalesce(event.old_label, event.old_text, event.old_value),
            coalesce(event.new_label, event.new_text, event.new_value)
        ) as detail,
        event.actor,
        event.actor_kind,
        event.plant,
        event.time_quality,
        null::varchar as status,
        null::varchar as source,
        null::varchar as correlation_id,
        null::varchar as event_key,
        null::varchar as run_url,
        event.rank,
        event.event_id::varchar as event_id,
    from fct_event as event
    inner join document
        on document.instance = event.instance
        and document.record_model = event.record_model
        and document.record_id = event.record_id
    inner join fct_case as of_document
        on of_document.instance = event.instance
        and of_document.record_model = event.record_model
        and of_document.record_id = event.record_id
    union all
    select
        case step.name
            when 'accepted' then run.created_at
            when 'begun' then run.started_at
            when 'failed' then run.first_failed_at
            else run.ended_at
        end,
        'run',
        run.instance,
        run.record_model,
        run.record_id,
        run.interface,
        if(step.name = 'ended', run.status, step.name),
        if(
            step.name in ('accepted', 'begun'),
            'for ' || run.odoo_model || coalesce(' ' || run.odoo_res_id, ''),
            concat_ws(': ', coalesce(run.error_node, run.error_code), run.error_text)
        ),
        null,
        'integration',
        run.plant,
        if(step.name = 'ended', run.ended_quality, 'exact'),
        run.status,
        run.source,
        run.correlation_id,
        run.event_key,
        run.record_url,
        90 + step.rank,
        run.event_key,
    from run
    cross join (values ('accepted', 1), ('begun', 2), ('failed', 3), ('ended', 4)) as step (name, rank)
    where case step.name
        when 'accepted' then run.created_at is not null and run.created_at is distinct from run.started_at
        when 'begun' then run.started_at is not null
        when 'failed' then run.first_failed_at is not null
            and (run.status <> 'failed' or run.first_failed_at is distinct from run.ended_at)
        else run.ended_at is not null
    end
)

select
    happened.* exclude (rank, event_id, run_url),
    epoch(event_at - lag(event_at) over (order by event_at, rank, event_id)) as gap_seconds,
    coalesce(
        run_url,
        odoo_url(odoo_instance.url, odoo_instance.version, happened.record_model, happened.record_id)
    ) as record_url,
from happened
left join odoo_instance on odoo_instance.instance = happened.instance
order by event_at, rank, event_id
limit 2000
