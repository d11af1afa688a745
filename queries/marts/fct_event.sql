/*
grain = "one row per thing that happened to a document: creation, tracked change, approval step"
key = ["event_id"]
person = ["actor", "old_text", "new_text"]
*/
with
-- Labels back to keys: the actor's language first, then English, then any; a label with two keys there stays raw.
-- A change keeps the label of its day, which an upgrade of Odoo may have renamed since: what labels mean now goes
-- before what they meant once.
label as (
    select
        instance,
        field_id,
        lang,
        label,
        case
            when count(distinct value) filter (where valid_to is null) = 1
                then min(value) filter (where valid_to is null)
            when count(value) filter (where valid_to is null) = 0 and count(distinct value) = 1 then min(value)
        end as value,
    from stg_ir_model_fields_selection_history
    group by instance, field_id, lang, label
),

any_label as (
    select
        instance,
        field_id,
        label,
        case
            when bool_or(lang = 'en_US') then min(value) filter (where lang = 'en_US')
            when count(distinct value) = 1 and count(value) = count(*) then min(value)
        end as value,
    from label
    group by instance, field_id, label
),

change as (
    select
        tracking.instance,
        tracking.id as tracking_id,
        message.document_model as record_model,
        message.document_id as record_id,
        coalesce(message.sent_at, message.created_at) as event_at,
        coalesce(message.created_by_id, author.user_id) as actor_id,
        field.field_name as field,
        field.field_type,
        tracking.field_id,
        tracking.message_id,
        nullif(tracking.old_label, '') as old_label,
        nullif(tracking.new_label, '') as new_label,
        -- Odoo fills all columns of all types, with 0 where they say nothing: the field's type picks one.
        case
            when field.field_type = 'many2one' then nullif(tracking.old_integer, 0)::varchar
            when field.field_type in ('integer', 'boolean') then tracking.old_integer::varchar
            when field.field_type = 'float' then tracking.old_float::varchar
            when field.field_type = 'monetary' then tracking.old_amount::varchar
            when field.field_type in ('datetime', 'date') then tracking.old_at::varchar
        end as old_plain,
        case
            when field.field_type = 'many2one' then nullif(tracking.new_integer, 0)::varchar
            when field.field_type in ('integer', 'boolean') then tracking.new_integer::varchar
            when field.field_type = 'float' then tracking.new_float::varchar
            when field.field_type = 'monetary' then tracking.new_amount::varchar
            when field.field_type in ('datetime', 'date') then tracking.new_at::varchar
        end as new_plain,
    from stg_mail_tracking_value_last as tracking
    inner join stg_mail_message_last as message
        on message.instance = tracking.instance and message.id = tracking.message_id
    left join stg_ir_model_fields_last as field
        on field.instance = tracking.instance and field.id = tracking.field_id
    left join (
        select
            instance,
            partner_id,
            min(id) as user_id,
        from stg_res_users_last
        group by instance, partner_id
    ) as author on author.instance = message.instance and author.partner_id = message.author_id
),

keyed as (
    select
        change.* exclude (old_label, new_label),
        case
            when change.field_type <> 'selection' then change.old_plain
            when old_own.label is not null then old_own.value
            else old_any.value
        end as old_value,
        case
            when change.field_type <> 'selection' then change.new_plain
            when new_own.label is not null then new_own.value
            else new_any.value
        end as new_value,
        -- Labels of a selection name no person; any other text may.
        case when change.field_type = 'selection' then change.old_label end as old_label,
        case when change.field_type = 'selection' then change.new_label end as new_label,
        case when change.field_type is distinct from 'selection' then change.old_label end as old_text,
        case when change.field_type is distinct from 'selection' then change.new_label end as new_text,
    from change
    left join dim_user as actor
        on actor.instance = change.instance and actor.user_id = change.actor_id
    left join label as old_own
        on old_own.instance = change.instance and old_own.field_id = change.field_id
        and old_own.lang = actor.language and old_own.label = change.old_label
    left join label as new_own
        on new_own.instance = change.instance and new_own.field_id = change.field_id
        and new_own.lang = actor.language and new_own.label = change.new_label
    left join any_label as old_any
        on old_any.instance = change.instance and old_any.field_id = change.field_id
        and old_any.label = change.old_label
    left join any_label as new_any
        on new_any.instance = change.instance and new_any.field_id = change.field_id
        and new_any.label = change.new_label
),

-- Odoo records nothing about the birth of a back-order: what it was born as is what its first change came from,
-- or what it still is.
birth as (
    select
        production.instance,
        production.id as record_id,
        field.name as field,
        production.created_at,
        production.created_by_id,
        coalesce(
            arg_min(coalesce(keyed.old_value, ''), keyed.tracking_id),
            any_value(case field.name when 'state' then production.state else production.reservation_state end)
        ) as value,
    from stg_mrp_production_last as production
    cross join (values ('state'), ('reservation_state')) as field (name)
    left join keyed
        on keyed.instance = production.instance
        and keyed.record_model = 'mrp.production'
        and keyed.record_id = production.id
        and keyed.field = field.name
    where production.backorder_sequence > 1
    group by production.instance, production.id, field.name, production.created_at, production.created_by_id
),

event as (
    select
        instance,
        'created:' || instance || ':' || record_model || ':' || record_id as event_id,
        record_model,
        record_id,
        'created' as activity,
        0 as rank,
        created_at as event_at,
        created_by_id as actor_id,
        'create' as recorded_by,
    from dim_document
    union all by name
    select
        instance,
        'gone:' || instance || ':' || record_model || ':' || record_id as event_id,
        record_model,
        record_id,
        case gone_by when 'deleted' then 'deleted' else 'no longer visible' end as activity,
        99 as rank,
        gone_at as event_at,
        'snapshot' as recorded_by,
    from dim_document
    where gone_at is not null
    union all by name
    select
        keyed.instance,
        'tracking:' || keyed.instance || ':' || keyed.tracking_id as event_id,
        keyed.record_model,
        keyed.record_id,
        case
            when dim_activity.activity = 'ordered' and keyed.old_value = 'to approve' then 'approved'
            when dim_activity.activity is not null then dim_activity.activity
            when keyed.field = 'reservation_state' then 'material no longer awaited'
            else coalesce(replace(keyed.field, '_', ' '), 'removed field') || ' changed'
        end as activity,
        coalesce(dim_activity.rank, 90) as rank,
        keyed.field,
        keyed.old_value,
        keyed.new_value,
        keyed.old_label,
        keyed.new_label,
        keyed.old_text,
        keyed.new_text,
        keyed.event_at,
        keyed.actor_id,
        keyed.message_id,
        'tracking' as recorded_by,
    from keyed
    left join dim_activity
        on dim_activity.record_model = keyed.record_model
        and dim_activity.field = keyed.field
        and dim_activity.value = keyed.new_value
    union all by name
    select
        birth.instance,
        'split:' || birth.instance || ':' || birth.record_id || ':' || birth.field as event_id,
        'mrp.production' as record_model,
        birth.record_id,
        dim_activity.activity,
        dim_activity.rank,
        birth.field,
        birth.value as new_value,
        birth.created_at as event_at,
        birth.created_by_id as actor_id,
        'split' as recorded_by,
    from birth
    inner join dim_activity
        on dim_activity.record_model = 'mrp.production'
        and dim_activity.field = birth.field
        and dim_activity.value = birth.value
    where birth.value <> 'draft'
    union all by name
    select
        instance,
        'review-requested:' || instance || ':' || id as event_id,
        document_model as record_model,
        document_id as record_id,
        'review requested' as activity,
        33 as rank,
        'tier ' || sequence as field,
        'pending' as new_value,
        created_at as event_at,
        requested_by_id as actor_id,
        'tier review' as recorded_by,
    from stg_tier_review_last
    union all by name
    select
        instance,
        'review-decided:' || instance || ':' || id as event_id,
        document_model as record_model,
        document_id as record_id,
        'review ' || status as activity,
        34 as rank,
        'tier ' || sequence as field,
        'pending' as old_value,
        status as new_value,
        reviewed_at as event_at,
        done_by_id as actor_id,
        'tier review' as recorded_by,
    from stg_tier_review_last
    where status in ('approved', 'rejected') and reviewed_at is not null
)

select
    event.event_id,
    event.instance,
    event.record_model,
    event.record_id,
    dim_document.workflow,
    dim_document.plant,
    event.activity,
    event.field,
    event.old_value,
    event.new_value,
    event.old_label,
    event.new_label,
    event.old_text,
    event.new_text,
    event.event_at,
    case event.recorded_by when 'split' then 'derived' when 'snapshot' then 'snapshot' else 'exact' end as time_quality,
    event.rank,
    event.message_id,
    event.recorded_by,
    event.actor_id,
    actor.name as actor,
    coalesce(actor.kind, 'unknown') as actor_kind,
    case
        when actor.kind is null then 'C'
        when event.recorded_by = 'create' and event.actor_id = 1 then 'C'
        else actor.confidence
    end as actor_confidence,
    case
        when event.recorded_by = 'snapshot' then 'seen by comparing two refreshes; who did it is not recorded'
        when actor.kind is null then 'the user is not known any more'
        when event.recorded_by = 'create' and event.actor_id = 1
            then 'created by Odoo''s system user, which may stand in for the person who asked'
        else actor.rule
    end as actor_rule,
from event
inner join dim_document
    on dim_document.instance = event.instance
    and dim_document.record_model = event.record_model
    and dim_document.record_id = event.record_id
left join dim_user as actor
    on actor.instance = event.instance and actor.user_id = event.actor_id
where event.event_at is not null
