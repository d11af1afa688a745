/*
grain = "one row per tracked change of a field of any document, with the keys of what its labels say"
key = ["instance", "tracking_id"]
person = ["old_text", "new_text"]
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

-- What a label means to whom: in each language of the users what it says there, or else anywhere.
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

meaning as (
    select
        any_label.instance,
        any_label.field_id,
        any_label.label,
        reader.language,
        if(own.label is null, any_label.value, own.value) as value,
    from any_label
    cross join (select distinct coalesce(language, '') as language from dim_user union select '') as reader
    left join label as own
        on own.instance = any_label.instance
        and own.field_id = any_label.field_id
        and own.label = any_label.label
        and own.lang = reader.language
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
        dim_document.plant,
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
    -- Here, where DuckDB still sees that there are more changes than documents, and remembers the documents.
    left join dim_document
        on dim_document.instance = message.instance
        and dim_document.record_model = message.document_model
        and dim_document.record_id = message.document_id
)

select
    change.* exclude (old_label, new_label, old_plain, new_plain, field_id, field_type),
    if(change.field_type <> 'selection', change.old_plain, old_meaning.value) as old_value,
    if(change.field_type <> 'selection', change.new_plain, new_meaning.value) as new_value,
    -- Labels of a selection name no person; any other text may.
    case when change.field_type = 'selection' then change.old_label end as old_label,
    case when change.field_type = 'selection' then change.new_label end as new_label,
    case when change.field_type is distinct from 'selection' then change.old_label end as old_text,
    case when change.field_type is distinct from 'selection' then change.new_label end as new_text,
from change
left join dim_user as actor
    on actor.instance = change.instance and actor.user_id = change.actor_id
left join meaning as old_meaning
    on old_meaning.instance = change.instance and old_meaning.field_id = change.field_id
    and old_meaning.language = coalesce(actor.language, '') and old_meaning.label = change.old_label
left join meaning as new_meaning
    on new_meaning.instance = change.instance and new_meaning.field_id = change.field_id
    and new_meaning.language = coalesce(actor.language, '') and new_meaning.label = change.new_label
