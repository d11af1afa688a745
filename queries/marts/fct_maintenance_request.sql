/*
grain = "one row per maintenance request with its milestones (UTC)"
key = ["instance", "record_id"]
person = ["responsible"]
*/
-- Odoo dates request and end by the day: the hour is that of the tracked change of stage. Where that is missing, the end
-- is the end of its day (UTC), which is the latest it can have been.
with
stage_change as (
    select
        change.instance,
        change.record_id,
        arg_min(try_cast(change.old_value as bigint), (change.event_at, change.tracking_id)) as first_stage_id,
        min(change.event_at) as responded_at,
        max(change.event_at) filter (where stage.is_done and not coalesce(old_stage.is_done, false)) as done_at,
    from fct_change as change
    left join stg_maintenance_stage_last as stage
        on stage.instance = change.instance and stage.id = try_cast(change.new_value as bigint)
    left join stg_maintenance_stage_last as old_stage
        on old_stage.instance = change.instance and old_stage.id = try_cast(change.old_value as bigint)
    where change.record_model = 'maintenance.request' and change.field = 'stage_id'
    group by change.instance, change.record_id
),

starting as (
    select
        instance,
        arg_min(id, (sequence, id)) as stage_id,
    from stg_maintenance_stage
    group by instance
),

request as (
    select
        request.*,
        stage.name as stage,
        case
            when coalesce(stage.is_done, false) then 'done'
            when request.gone_by = 'deleted' then 'deleted'
            when coalesce(request.is_archived, false) then 'cancelled'
            else 'open'
        end as status,
        coalesce(stage_change.first_stage_id, if(stage.is_done, null, request.stage_id)) <> starting.stage_id
            as is_begun_at_once,
        stage_change.responded_at,
        stage_change.done_at,
        greatest(request.created_at, least(request.closed_on + interval 1 day, $as_of)) as closed_by_at,
    from stg_maintenance_request_last as request
    left join stage_change
        on stage_change.instance = request.instance and stage_change.record_id = request.id
    left join starting on starting.instance = request.instance
    left join stg_maintenance_stage_last as stage
        on stage.instance = request.instance and stage.id = request.stage_id
),

placed as (
    select
        request.*,
        team.name as team,
        equipment.name as equipment,
        coalesce(own_workcenter.workcenter, workcenter.workcenter) as workcenter,
        company.company,
        coalesce(
            document.plant, own_workcenter.plant, workcenter.plant, location.plant, named_equipment.plant, named_team.plant,
            company.plant
        ) as plant,
    from request
    left join stg_maintenance_equipment_last as equipment
        on equipment.instance = request.instance and equipment.id = request.equipment_id
    left join stg_maintenance_team_last as team
        on team.instance = request.instance and team.id = request.team_id
    left join dim_company as company
        on company.instance = request.instance and company.company_id = request.company_id
    left join dim_document as document
        on document.instance = request.instance
        and document.record_model = 'mrp.production'
        and document.record_id = request.production_id
    left join dim_workcenter as own_workcenter
        on own_workcenter.instance = request.instance and own_workcenter.workcenter_id = request.workcenter_id
    left join dim_workcenter as workcenter
        on workcenter.instance = equipment.instance and workcenter.workcenter_id = equipment.workcenter_id
    left join dim_location as location
        on location.instance = equipment.instance and location.location_id = equipment.location_id
    left join dim_place as named_equipment
        on named_equipment.instance = request.instance
        and named_equipment.company_id = request.company_id
        and named_equipment.name = equipment.name
    left join dim_place as named_team
        on named_team.instance = request.instance
        and named_team.company_id = request.company_id
        and named_team.name = team.name
)

select
    placed.instance,
    'maintenance.request' as record_model,
    placed.id as record_id,
    placed.name,
    placed.plant,
    placed.company,
    placed.maintenance_type,
    placed.team,
    placed.equipment,
    placed.workcenter,
    case placed.priority when '0' then 'very low' when '1' then 'low' when '2' then 'normal' when '3' then 'high' end
        as priority,
    dim_user.name as responsible,
    placed.stage,
    placed.status,
    placed.created_at,
    case
        when placed.is_begun_at_once then placed.created_at
        else coalesce(placed.responded_at, if(placed.status = 'done', placed.closed_by_at, null))
    end as responded_at,
    if(placed.status = 'done', coalesce(placed.done_at, placed.closed_by_at), null) as done_at,
    case when placed.status = 'done' then if(placed.done_at is null, 'day', 'exact') end as done_quality,
    placed.scheduled_at,
    -- The end of the day, in the plant's own time, for which it is scheduled.
    ((placed.scheduled_at at time zone 'UTC' at time zone coalesce(dim_plant.timezone, 'UTC'))::date + interval 1 day)
        at time zone coalesce(dim_plant.timezone, 'UTC') at time zone 'UTC' as due_at,
from placed
left join dim_plant
    on dim_plant.instance = placed.instance and dim_plant.plant = placed.plant
left join dim_user
    on dim_user.instance = placed.instance and dim_user.user_id = placed.user_id
