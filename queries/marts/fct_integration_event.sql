/*
grain = "one row per run as its source records it; every file of integrations/ is a source"
key = ["event_key"]
person = ["error_text", "flow_owner"]
*/
-- A column is null where the source does not tell. A run is for one record (odoo_model, odoo_res_id) or for several
-- (odoo_records); it is of their plant, else of the plant of its company. Where a source dates the end by the beginning
-- (ended_quality 'lower_bound'), how long it took is not known.
with
contract as (
    select
        null::varchar as event_key,
        null::varchar as source,
        null::varchar as instance,
        null::varchar as record_model,
        null::bigint as record_id,
        null::varchar as flow_key,
        null::varchar as flow_name,
        null::varchar as flow_owner,
        null::varchar as direction,
        null::varchar as trigger,
        null::boolean as is_kpi,
        null::bigint as company_id,
        null::varchar as plant,
        null::varchar as correlation_id,
        null::varchar as odoo_model,
        null::bigint as odoo_res_id,
        null::struct(odoo_model varchar, odoo_res_id bigint)[] as odoo_records,
        null::varchar as parent_key,
        null::varchar as root_key,
        null::varchar as status,
        null::varchar as native_status,
        null::varchar as failure_class,
        null::varchar as error_code,
        null::varchar as error_text,
        null::varchar as error_node,
        null::integer as attempts,
        null::integer as max_attempts,
        null::boolean as has_failed,
        null::integer as failed_attempts,
        null::timestamp as first_failed_at,
        null::timestamp as created_at,
        null::timestamp as eligible_at,
        null::timestamp as started_at,
        null::timestamp as ended_at,
        null::varchar as ended_quality,
        null::boolean as is_dead_letter,
        null::timestamp as dead_at,
        null::varchar as resolution,
        null::boolean as side_effects,
        null::varchar as record_url,
        null::timestamp as first_seen_at,
        null::timestamp as last_seen_at,
        null::varchar as source_version,
    limit 0
),

-- The Odoo of the records that a run is for: its own, or else the only one there is.
event as (
    select
        source.*,
        coalesce(odoo_instance.instance, only_odoo.instance) as odoo_instance,
        odoo_instance.version as odoo_version,
    from (
        select * from contract
        union all by name select * from ({{integration}})
    ) as source
    left join odoo_instance on odoo_instance.instance = source.instance
    left join (select min(instance) as instance from odoo_instance having count(*) = 1) as only_odoo on true
),

document as (
    select instance, record_model, record_id, plant from dim_document
    union all
    select instance, record_model, record_id, plant from dim_related_document
),

place as (
    select
        concerned.event_key,
        any_value(document.plant) as plant,
    from (
        select
            event_key,
            odoo_instance,
            unnest(coalesce(odoo_records, [struct_pack(odoo_model := odoo_model, odoo_res_id := odoo_res_id)])) as record,
        from event
        where odoo_res_id is not null or odoo_records is not null
    ) as concerned
    inner join document
        on document.instance = concerned.odoo_instance
        and document.record_model = concerned.record.odoo_model
        and document.record_id = concerned.record.odoo_res_id
    group by concerned.event_key
    having count(distinct document.plant) = 1
),

run as (
    select
        event.* replace (coalesce(event.plant, place.plant, company.plant) as plant),
        company.company,
    from event
    left join place on place.event_key = event.event_key
    left join dim_company as company
        on company.instance = event.instance and company.company_id = event.company_id
),

-- Of each flow the first section of ops.toml that it fits. Runs of which no plant is known are of a section for one plant
-- only where no section for all plants fits.
configured as (
    select
        flow.*,
        interface.number,
        interface.name,
        nullif(interface.plant, '') as only_plant,
    from (select distinct source, instance, flow_key, flow_name, plant from run) as flow
    inner join cfg_interface as interface
        on interface.source = flow.source
        and interface.instance in ('', flow.instance)
        and (flow.flow_key glob interface.flow or flow.flow_name glob interface.flow)
        and (interface.plant = '' or coalesce(flow.plant, interface.plant) = interface.plant)
    qualify row_number() over (
        partition by flow.source, flow.instance, flow.flow_key, flow.plant
        order by flow.plant is null and interface.plant <> '', interface.number
    ) = 1
)

select
    event.event_key,
    event.source,
    event.instance,
    event.record_model,
    event.record_id,
    event.flow_key,
    event.flow_name,
    event.flow_owner,
    coalesce(configured.name, event.flow_name, event.flow_key) as interface,
    concat_ws(':', event.source, event.instance, coalesce(event.flow_key, ''))
        || coalesce('@' || coalesce(event.plant, configured.only_plant), '') as interface_key,
    configured.number as interface_number,
    event.direction,
    event.trigger,
    coalesce(event.is_kpi, true) as is_kpi,
    event.company_id,
    event.company,
    coalesce(event.plant, configured.only_plant) as plant,
    event.correlation_id,
    event.odoo_instance,
    event.odoo_model,
    event.odoo_res_id,
    event.odoo_records,
    event.parent_key,
    coalesce(event.root_key, event.event_key) as root_key,
    event.status,
    event.native_status,
    case
        when event.failure_class is not null then event.failure_class
        when event.error_code is null and not event.has_failed then null
        when event.error_code = 'interrupted' or event.error_code ilike '%timeout%' then 'timeout'
        when event.error_code ilike '%JobFoundDead%' then 'crash'
        when event.error_code like '%UserError' or event.error_code like '%ValidationError'
            or event.error_code like '%AccessError' or event.error_code like '%MissingError' then 'business'
        else 'technical'
    end as failure_class,
    event.error_code,
    left(event.error_text, 500) as error_text,
    event.error_node,
    event.attempts,
    event.max_attempts,
    event.has_failed,
    event.failed_attempts,
    event.first_failed_at,
    event.created_at,
    event.eligible_at,
    event.started_at,
    event.ended_at,
    event.ended_quality,
    seconds_from(greatest(event.created_at, event.eligible_at), event.started_at) as queue_seconds,
    if(event.ended_quality = 'lower_bound', null, seconds_from(event.started_at, event.ended_at)) as exec_seconds,
    if(
        event.status = 'success' and event.ended_quality <> 'lower_bound',
        seconds_from(event.created_at, event.ended_at),
        null
    ) as e2e_seconds,
    coalesce(event.is_dead_letter, false) as is_dead_letter,
    coalesce(event.dead_at, if(event.is_dead_letter, event.ended_at, null)) as dead_at,
    if(event.has_failed and event.resolution is not null, event.ended_at, null) as resolved_at,
    if(event.has_failed, event.resolution, null) as resolved_by,
    event.side_effects,
    event.record_url,
    event.first_seen_at,
    event.last_seen_at,
    coalesce(event.source_version, event.odoo_version) as source_version,
from run as event
left join configured
    on configured.source = event.source
    and configured.instance = event.instance
    and configured.flow_key is not distinct from event.flow_key
    and configured.plant is not distinct from event.plant
