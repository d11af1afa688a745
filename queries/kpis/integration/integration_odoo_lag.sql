/*
title = "Lag from outside to Odoo"
definition = "How long it takes until what another system reports shows in Odoo: from when the run was accepted there to the first event of the Odoo document that it is about, at that moment or later, whoever brought it about. 95 of 100 take no longer; one without such an event counts with its age. Counted are runs of n8n and inboxes that go into Odoo and tell their document; cancelled ones are left out."
unit = "duration"
direction = "lower"
owner = "Head of IT"
measure = "duration"
statistic = "p95"
clocks = ["elapsed"]
dimensions = ["plant", "company", "interface", "source", "flow_name", "failure_class"]
audience = ["operator"]
*/
with
reported as (
    select
        run.transaction_key,
        run.plant,
        run.company,
        run.interface,
        run.source,
        run.flow_name,
        run.failure_class,
        run.status,
        run.error_code,
        run.created_at,
        concerned.instance,
        concerned.odoo_model as record_model,
        concerned.odoo_res_id as record_id,
    from fct_integration_transaction as run
    inner join fct_integration_record as concerned on concerned.event_key = run.transaction_key
    where run.source in ('n8n', 'inbox')
        and run.direction = 'in'
        and run.created_at is not null
        and run.status not in ('cancelled', 'unknown')
),

event as (
    select
        event.instance,
        event.record_model,
        event.record_id,
        document.name,
        event.event_at,
        event.activity,
    from fct_event as event
    inner join fct_case as document
        on document.instance = event.instance
        and document.record_model = event.record_model
        and document.record_id = event.record_id
    semi join reported
        on reported.instance = event.instance
        and reported.record_model = event.record_model
        and reported.record_id = event.record_id
)

select
    reported.instance,
    reported.record_model,
    reported.record_id,
    event.name,
    reported.plant,
    reported.company,
    reported.interface,
    reported.source,
    reported.flow_name,
    reported.failure_class,
    reported.transaction_key as event_key,
    reported.status,
    reported.error_code,
    event.activity,
    reported.created_at as started_at,
    event.event_at as ended_at,
    epoch(coalesce(event.event_at, $as_of) - reported.created_at) as elapsed_seconds,
    null::double as working_seconds,
from reported
asof left join event
    on event.instance = reported.instance
    and event.record_model = reported.record_model
    and event.record_id = reported.record_id
    and event.event_at >= reported.created_at
