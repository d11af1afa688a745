/*
title = "The runs of an error issue"
definition = "Every run that failed of an issue, the newest first: when, how it stands, the text as the source gave it, and the record it was about with what waits for it. is_stuck: nothing has succeeded in its place since."
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
    run.record_instance,
    run.odoo_model as record_model,
    run.odoo_res_id as record_id,
    document.name,
    run.waiting_count,
    run.due_soon_count,
    run.held_up_amount,
    run.held_up_currency,
    odoo_url(odoo_instance.url, odoo_instance.version, run.odoo_model, run.odoo_res_id) as record_url,
    coalesce(
        event.record_url, odoo_url(own.url, own.version, event.record_model, event.record_id)
    ) as run_url,
from fct_error_issue_run as run
inner join fct_integration_event as event on event.event_key = run.event_key
left join fct_case as document
    on document.instance = run.record_instance
    and document.record_model = run.odoo_model
    and document.record_id = run.odoo_res_id
left join odoo_instance on odoo_instance.instance = run.record_instance
left join odoo_instance as own on own.instance = event.instance
where run.issue = $issue and ($plant is null or coalesce(run.plant, '(none)') = $plant)
order by run.failed_at desc, run.event_key
