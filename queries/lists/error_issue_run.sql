/*
title = "The runs of an error issue"
definition = "Every run that failed of an issue, the newest first, one line for each record it was for: when, how it stands, the text as the source gave it, and what waits for the record. is_stuck: nothing has succeeded in its place since."
*/
select
    run.event_key,
    run.plant,
    run.status,
    run.failed_at,
    run.last_failed_at,
    run.is_stuck,
    event.source,
    event.instance,
    event.flow_name,
    event.error_code,
    event.error_text,
    event.error_node,
    event.attempts,
    event.resolved_at,
    event.resolved_by,
    run.source_version,
    coalesce(event.record_url, odoo_url(own.url, own.version, event.record_model, event.record_id)) as run_url,
    run.record_instance,
    record.odoo_model as record_model,
    record.odoo_res_id as record_id,
    document.name,
    held_up.waiting_count,
    held_up.due_soon_count,
    held_up.amount as held_up_amount,
    held_up.currency as held_up_currency,
    odoo_url(odoo.url, odoo.version, record.odoo_model, record.odoo_res_id) as record_url,
from fct_error_issue_run as run
inner join fct_integration_event as event on event.event_key = run.event_key
left join fct_integration_record as record on record.event_key = run.event_key
left join fct_case as document
    on document.instance = run.record_instance
    and document.record_model = record.odoo_model
    and document.record_id = record.odoo_res_id
left join fct_held_up as held_up
    on held_up.instance = run.record_instance
    and held_up.record_model = record.odoo_model
    and held_up.record_id = record.odoo_res_id
left join odoo_instance as odoo on odoo.instance = run.record_instance
left join odoo_instance as own on own.instance = event.instance
where run.issue = $issue and ($plant is null or coalesce(run.plant, '(none)') = $plant)
order by run.failed_at desc, run.event_key, record.odoo_model, record.odoo_res_id
