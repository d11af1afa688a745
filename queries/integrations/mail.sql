/*
title = "E-mails and text messages"
definition = "E-mails and text messages about documents, per recipient, and other outgoing ones that are still in Odoo; which of them could not be sent or bounced. Whom they go to is not read."
blind = "Messages that Odoo deletes once they are sent: of those without a document whose history is read only failures are seen, so they count in no rate. A bounce after a message was read as sent. When a message was sent."
*/
-- Odoo keeps no dates of these rows: a failure is dated by the last change of its e-mail, or by the refresh that saw
-- it; an arrival by the refresh that saw it, or from its message on.
with
message as (
    select
        instance,
        id,
        document_model,
        document_id,
        coalesce(created_at, sent_at) as created_at,
    from stg_mail_message_last
),

failed_mail as (
    select
        instance,
        id,
        min(changed_at) as first_failed_at,
        max(changed_at) as last_failed_at,
    from stg_mail_mail_history
    where state = 'exception'
    group by instance, id
),

seen as (
    select
        instance,
        id,
        min(valid_from) filter (where status in ('exception', 'bounce')) as first_failed_at,
        max(valid_from) filter (where status in ('exception', 'bounce')) as last_failed_at,
        max(mail_id) as mail_id,
        min(valid_from) filter (where status in ('pending', 'sent')) as arrived_at,
        min(valid_from) as first_seen_at,
        max(seen_at) as last_seen_at,
    from stg_mail_notification_history
    group by instance, id
),

notified as (
    select
        notification.instance,
        if(notification.type = 'sms', 'sms', 'mail') as source,
        'mail.notification' as record_model,
        notification.id as record_id,
        message.document_model as odoo_model,
        message.document_id as odoo_res_id,
        true as is_kpi,
        notification.status as native_status,
        case
            when notification.status in ('sent', 'pending') then 'success'
            when notification.status in ('exception', 'bounce') then 'failed'
            when notification.status = 'canceled' then 'cancelled'
            when notification.gone_at is not null then 'unknown'
            when notification.status in ('ready', 'process') then 'pending'
            else 'unknown'
        end as status,
        if(notification.status = 'bounce', 'bounce', notification.failure_type) as error_code,
        notification.failure_reason as error_text,
        coalesce(failed_mail.first_failed_at, seen.first_failed_at) as first_failed_at,
        coalesce(failed_mail.last_failed_at, seen.last_failed_at) as last_failed_at,
        if(seen.arrived_at > seen.first_seen_at, seen.arrived_at, null) as arrived_at,
        message.created_at,
        mail.eligible_at,
        seen.first_seen_at,
        coalesce(seen.last_seen_at, seen.first_seen_at) as last_seen_at,
    from stg_mail_notification_last as notification
    inner join seen on seen.instance = notification.instance and seen.id = notification.id
    inner join message on message.instance = notification.instance and message.id = notification.message_id
    left join failed_mail on failed_mail.instance = seen.instance and failed_mail.id = seen.mail_id
    left join stg_mail_mail_last as mail on mail.instance = seen.instance and mail.id = seen.mail_id
),

-- E-mails that nobody is notified by.
mail as (
    select
        mail.instance,
        'mail' as source,
        'mail.mail' as record_model,
        mail.id as record_id,
        message.document_model as odoo_model,
        message.document_id as odoo_res_id,
        not coalesce(mail.is_deleted_when_sent, true) as is_kpi,
        mail.state as native_status,
        case
            when mail.state = 'sent' then 'success'
            when mail.state = 'exception' then 'failed'
            when mail.state = 'cancel' then 'cancelled'
            when mail.state = 'outgoing' and mail.gone_at is null then 'pending'
            when mail.state = 'outgoing' and mail.is_deleted_when_sent then 'success'
            else 'unknown'
        end as status,
        mail.failure_type as error_code,
        mail.failure_reason as error_text,
        failed_mail.first_failed_at,
        failed_mail.last_failed_at,
        if(mail.state = 'sent', mail.changed_at, mail.gone_at) as arrived_at,
        mail.created_at,
        mail.eligible_at,
        null::timestamp as first_seen_at,
        mail.seen_at as last_seen_at,
    from stg_mail_mail_last as mail
    left join message on message.instance = mail.instance and message.id = mail.message_id
    left join failed_mail on failed_mail.instance = mail.instance and failed_mail.id = mail.id
    where mail.state <> 'received'
        and (mail.instance, mail.id) not in (select (instance, mail_id) from seen where mail_id is not null)
),

sms as (
    select
        sms.instance,
        'sms' as source,
        'sms.sms' as record_model,
        sms.id as record_id,
        message.document_model as odoo_model,
        message.document_id as odoo_res_id,
        false as is_kpi,
        sms.state as native_status,
        case
            when sms.state in ('pending', 'sent') then 'success'
            when sms.state = 'error' then 'failed'
            when sms.state = 'canceled' then 'cancelled'
            when sms.state in ('outgoing', 'process') then if(sms.gone_at is null, 'pending', 'success')
            else 'unknown'
        end as status,
        sms.failure_type as error_code,
        null::varchar as error_text,
        if(sms.state = 'error', sms.changed_at, null) as first_failed_at,
        if(sms.state = 'error', sms.changed_at, null) as last_failed_at,
        if(sms.gone_at is null, sms.changed_at, sms.gone_at) as arrived_at,
        sms.created_at,
        null::timestamp as eligible_at,
        null::timestamp as first_seen_at,
        sms.seen_at as last_seen_at,
    from stg_sms_sms_last as sms
    left join message on message.instance = sms.instance and message.id = sms.message_id
    where (sms.instance, sms.message_id) not in (
        select (instance, message_id) from stg_mail_notification_last where type = 'sms' and message_id is not null
    )
),

sent as (
    select * from notified
    union all by name
    select * from mail
    union all by name
    select * from sms
)

select
    source || ':' || instance || ':' || record_model || ',' || record_id as event_key,
    source,
    instance,
    record_model,
    record_id,
    coalesce(odoo_model, source) as flow_key,
    if(source = 'sms', 'text message', 'e-mail') || coalesce(' about ' || odoo_model, '') as flow_name,
    'out' as direction,
    'event' as trigger,
    is_kpi,
    odoo_model,
    odoo_res_id,
    status,
    native_status,
    case
        when first_failed_at is null and status <> 'failed' then null
        when coalesce(error_code, 'unknown') in ('unknown', 'mail_smtp', 'sms_server', 'sms_acc', 'sms_credit')
            then 'technical'
        else 'business'
    end as failure_class,
    error_code,
    error_text,
    status = 'failed' or first_failed_at is not null as has_failed,
    (status = 'failed' or first_failed_at is not null)::integer as failed_attempts,
    first_failed_at,
    created_at,
    eligible_at,
    case status
        when 'failed' then last_failed_at
        when 'success' then coalesce(arrived_at, created_at)
        when 'cancelled' then last_seen_at
    end as ended_at,
    case
        when status = 'failed' and last_failed_at is not null then 'upper_bound'
        when status = 'success' then if(arrived_at is null, 'lower_bound', 'upper_bound')
        when status = 'cancelled' then 'upper_bound'
        else 'missing'
    end as ended_quality,
    case when status = 'success' then 'later success' when status = 'cancelled' then 'cancelled' end as resolution,
    status = 'failed' as is_dead_letter,
    first_seen_at,
    last_seen_at,
from sent
