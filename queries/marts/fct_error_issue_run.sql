/*
grain = "one row per run that failed at least once: the issue it belongs to, when it failed, and whether it is stuck"
key = ["event_key"]
person = ["pattern"]
*/
-- is_stuck: neither has it succeeded since, nor another run of its chain, nor, for each record it is for, one of its flow;
-- what runs by a schedule does again what it left undone, so there any later run of the flow does.
-- record_instance: the Odoo of the records, that of the run or, where it runs in none, the only one there is.
-- source_version: of a run in Odoo the version Odoo then had, as far as refreshes saw it.
with
odoo as (
    select
        instance,
        count(*) over () = 1 as is_only,
    from (select distinct instance from dim_company)
),

run as (
    select
        *,
        coalesce(flow_key, flow_name) as flow,
        coalesce(error_code, failure_class) as code,
        coalesce(first_failed_at, ended_at, started_at, created_at, first_seen_at) as failed_at,
    from fct_integration_event
),

failed as (
    select
        run.*,
        if(run.status = 'failed', greatest(run.failed_at, run.ended_at), run.failed_at) as last_failed_at,
        coalesce(odoo.instance, only_odoo.instance) as record_instance,
        case
            when run.source_version is distinct from its_odoo.version then run.source_version
            else version.version
        end as version_then,
    from run
    left join odoo on odoo.instance = run.instance
    left join odoo as only_odoo on only_odoo.is_only
    left join odoo_instance as its_odoo on its_odoo.instance = run.instance
    asof left join odoo_version as version
        on version.instance = run.instance and version.seen_from <= run.failed_at
    where run.is_kpi and (run.has_failed or run.status = 'failed')
),

success as (
    select
        run.source,
        run.instance,
        run.flow,
        run.root_key,
        run.trigger,
        run.ended_at,
        record.odoo_model,
        record.odoo_res_id,
    from run
    left join fct_integration_record as record on record.event_key = run.event_key
    where run.status = 'success'
),

success_of_chain as (
    select
        root_key,
        max(ended_at) as succeeded_at,
    from success
    group by root_key
),

success_of_schedule as (
    select
        source,
        instance,
        flow,
        max(ended_at) as succeeded_at,
    from success
    where trigger = 'schedule'
    group by source, instance, flow
),

success_of_record as (
    select
        source,
        instance,
        flow,
        odoo_model,
        odoo_res_id,
        max(ended_at) as succeeded_at,
    from success
    where odoo_res_id is not null
    group by source, instance, flow, odoo_model, odoo_res_id
),

made_up_for as (
    select
        failed.event_key,
        bool_and(coalesce(of_record.succeeded_at > failed.last_failed_at, false)) as is_made_up_for,
    from failed
    inner join fct_integration_record as record on record.event_key = failed.event_key
    left join success_of_record as of_record
        on of_record.source = failed.source
        and of_record.instance = failed.instance
        and of_record.flow = failed.flow
        and of_record.odoo_model = record.odoo_model
        and of_record.odoo_res_id = record.odoo_res_id
    group by failed.event_key
)

select
    failed.event_key,
    text.issue,
    text.pattern,
    failed.plant,
    failed.status,
    failed.failed_at,
    failed.last_failed_at,
    failed.version_then as source_version,
    failed.status in ('failed', 'retrying')
    and not coalesce(of_chain.succeeded_at > failed.last_failed_at, false)
    and not coalesce(of_schedule.succeeded_at > failed.last_failed_at, false)
    and not coalesce(made_up_for.is_made_up_for, false) as is_stuck,
    failed.record_instance,
from failed
inner join fct_error_text as text
    on text.source = failed.source
    and text.instance is not distinct from failed.instance
    and text.flow_key is not distinct from failed.flow
    and text.error_code is not distinct from failed.code
    and text.error_text is not distinct from failed.error_text
left join success_of_chain as of_chain on of_chain.root_key = failed.root_key
left join success_of_schedule as of_schedule
    on failed.trigger = 'schedule'
    and of_schedule.source = failed.source
    and of_schedule.instance = failed.instance
    and of_schedule.flow = failed.flow
left join made_up_for on made_up_for.event_key = failed.event_key
