/*
grain = "one row per user and stretch of time in which they hold, or do not hold, the role of a purchase manager, as refreshes saw it"
key = ["instance", "role", "user_id", "held_from"]
person = ["person"]
*/
-- The first stretch holds for the time before the first refresh, too: it begins in 1970. Where groups cannot be read there
-- is no row. It belongs to no plant, so that only who sees all of them sees it.
with recursive
-- Groups that are purchase managers, or bring that with them.
manager_group as (
    select
        instance,
        res_id as group_id,
    from stg_ir_model_data_last
    where module = 'purchase' and name = 'group_purchase_manager'
    union
    select
        bringing.instance,
        bringing.id as group_id,
    from stg_res_groups_last as bringing
    inner join manager_group
        on manager_group.instance = bringing.instance
        and list_contains(bringing.implied_ids, manager_group.group_id)
),

version as (
    select
        users.instance,
        users.id as user_id,
        row_number() over earlier = 1 as is_first,
        users.valid_from,
        coalesce(list_has_any(users.group_ids, managers.group_ids), false) as is_held,
        lag(is_held) over earlier is distinct from is_held as is_change,
    from stg_res_users_history as users
    inner join (
        select
            instance,
            list(group_id) as group_ids,
        from manager_group
        group by instance
    ) as managers on managers.instance = users.instance
    where users.group_ids is not null
    window earlier as (partition by users.instance, users.id order by users.valid_from)
)

select
    version.instance,
    'purchase manager' as role,
    version.user_id,
    dim_user.name as person,
    null::varchar as plant,
    version.is_held,
    if(version.is_first, timestamp '1970-01-01', version.valid_from) as held_from,
    lead(version.valid_from) over (
        partition by version.instance, version.user_id order by version.valid_from
    ) as held_to,
from version
left join dim_user on dim_user.instance = version.instance and dim_user.user_id = version.user_id
where version.is_change
