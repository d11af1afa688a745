/*
grain = "one row per interface: a flow of a source in a plant that ran, or one that ops.toml names and nobody saw run"
key = ["interface_key"]
person = ["tagged_owner"]
*/
with
seen as (
    select
        interface_key,
        any_value(interface_number) as number,
        any_value(source) as source,
        any_value(instance) as instance,
        any_value(flow_key) as flow_key,
        arg_max(flow_name, (coalesce(created_at, first_seen_at), record_id)) as flow_name,
        arg_max(flow_owner, (coalesce(created_at, first_seen_at), record_id)) as owner,
        any_value(plant) as plant,
        any_value(record_model) as record_model,
        arg_max(record_id, (coalesce(created_at, first_seen_at), record_id)) as last_record_id,
        min(coalesce(created_at, started_at, ended_at)) as first_run_at,
        max(coalesce(started_at, created_at, ended_at)) as last_run_at,
        bool_or(e2e_seconds > 0) as is_timed,
    from fct_integration_transaction
    where flow_key is not null
    group by interface_key
),

configured as (
    select
        number,
        any_value(name) as name,
        any_value(source) as source,
        nullif(any_value(instance), '') as instance,
        string_agg(flow, ', ') as flow,
        nullif(any_value(plant), '') as plant,
        nullif(any_value(owner), '') as owner,
        nullif(any_value(system_of_record), '') as system_of_record,
        any_value(latency_seconds) as latency_seconds,
        any_value(failure_share) as failure_share,
        any_value(silent_after_seconds) as silent_after_seconds,
    from cfg_interface
    group by number
)

select
    coalesce(seen.interface_key, 'ops.toml:' || configured.number) as interface_key,
    coalesce(configured.name, seen.flow_name, seen.flow_key) as interface,
    coalesce(seen.source, configured.source) as source,
    coalesce(seen.instance, configured.instance) as instance,
    seen.flow_key,
    coalesce(seen.flow_name, configured.flow) as flow_name,
    coalesce(seen.plant, configured.plant) as plant,
    configured.owner,
    seen.owner as tagged_owner,
    configured.system_of_record,
    configured.latency_seconds,
    configured.failure_share,
    configured.silent_after_seconds,
    configured.number is not null as is_configured,
    coalesce(configured.owner, seen.owner) is not null as is_owned,
    configured.latency_seconds is not null as has_objective,
    seen.interface_key is not null as is_seen,
    -- Whether its source tells how long runs take.
    coalesce(seen.is_timed, false) as is_timed,
    seen.record_model,
    seen.last_record_id,
    seen.first_run_at,
    seen.last_run_at,
from seen
full join configured on configured.number = seen.number
