/*
grain = "one row per action of the quality management system (immediate, corrective, preventive, improvement) with its milestones (UTC)"
key = ["instance", "record_id"]
person = ["responsible"]
*/
-- An action ends with a stage that ends: OCA keeps the first such moment even when the action is taken up again, so the
-- tracked change of stage goes first. The plant is that of its nonconformities, where they are of one.
with
stage_change as (
    select
        change.instance,
        change.record_id,
        max(change.event_at) filter (where stage.is_ending and not coalesce(old_stage.is_ending, false)) as closed_at,
    from fct_change as change
    left join stg_mgmtsystem_action_stage_last as stage
        on stage.instance = change.instance and stage.id = try_cast(change.new_value as bigint)
    left join stg_mgmtsystem_action_stage_last as old_stage
        on old_stage.instance = change.instance and old_stage.id = try_cast(change.old_value as bigint)
    where change.record_model = 'mgmtsystem.action' and change.field = 'stage_id'
    group by change.instance, change.record_id
),

cause as (
    select
        stored.instance,
        stored.action_id,
        string_agg(nonconformity.name, ', ' order by nonconformity.name) as nonconformity,
        if(count(distinct nonconformity.plant) = 1, min(nonconformity.plant), null) as plant,
        if(count(distinct nonconformity.currency) = 1, sum(nonconformity.amount), null) as amount,
        min(nonconformity.currency) as currency,
    from (select instance, id, unnest(action_ids) as action_id from stg_mgmtsystem_nonconformity_last) as stored
    inner join fct_nonconformity as nonconformity
        on nonconformity.instance = stored.instance and nonconformity.record_id = stored.id
    group by stored.instance, stored.action_id
),

action as (
    select
        stored.*,
        stage.name as stage,
        case
            when coalesce(stage.is_ending, false) then 'done'
            when stored.gone_by = 'deleted' then 'deleted'
            when not coalesce(stored.active, true) then 'cancelled'
            else 'open'
        end as status,
        cause.nonconformity,
        cause.amount,
        if(cause.amount is null, null, cause.currency) as currency,
        company.company,
        coalesce(cause.plant, company.plant) as plant,
        stage_change.closed_at as stage_closed_at,
    from stg_mgmtsystem_action_last as stored
    left join stg_mgmtsystem_action_stage_last as stage
        on stage.instance = stored.instance and stage.id = stored.stage_id
    left join cause on cause.instance = stored.instance and cause.action_id = stored.id
    left join dim_company as company
        on company.instance = stored.instance and company.company_id = stored.company_id
    left join stage_change
        on stage_change.instance = stored.instance and stage_change.record_id = stored.id
)

select
    action.instance,
    'mgmtsystem.action' as record_model,
    action.id as record_id,
    coalesce(action.reference, action.name) as name,
    action.plant,
    action.company,
    action.name as subject,
    case action.type
        when 'immediate' then 'immediate action'
        when 'correction' then 'corrective action'
        when 'prevention' then 'preventive action'
        when 'improvement' then 'improvement'
        else action.type
    end as action_type,
    action.nonconformity,
    action.amount,
    action.currency,
    dim_user.name as responsible,
    action.stage,
    action.status,
    action.created_at,
    action.opened_at,
    if(action.status = 'done', coalesce(action.stage_closed_at, action.closed_at), null) as closed_at,
    action.due_on,
    -- The end of the day, in the plant's own time, by which it is to be done.
    (action.due_on + interval 1 day)
        at time zone coalesce(dim_plant.timezone, 'UTC') at time zone 'UTC' as due_at,
from action
left join dim_plant
    on dim_plant.instance = action.instance and dim_plant.plant = action.plant
left join dim_user
    on dim_user.instance = action.instance and dim_user.user_id = action.user_id
