/*
title = "Runs of an interface"
definition = "The newest two hundred transactions of an interface, with how long they waited and took, and what went wrong."
*/
select
    run.transaction_key,
    run.instance,
    run.record_model,
    run.record_id,
    run.flow_name,
    run.plant,
    run.status,
    run.is_dead_letter,
    run.stuck_by,
    run.attempts,
    run.failed_attempts,
    run.resolved_by,
    run.failure_class,
    run.error_code,
    run.error_text,
    run.error_node,
    run.created_at,
    run.started_at,
    run.first_failed_at,
    run.ended_at,
    run.queue_seconds,
    run.exec_seconds,
    run.e2e_seconds,
    run.correlation_id,
    run.odoo_instance,
    run.odoo_model,
    run.odoo_res_id,
    coalesce(
        run.record_url, odoo_url(odoo_instance.url, odoo_instance.version, run.record_model, run.record_id)
    ) as record_url,
from fct_integration_transaction as run
left join odoo_instance on odoo_instance.instance = run.instance
where run.interface_key = $interface
order by coalesce(run.started_at, run.created_at, run.ended_at) desc nulls last, run.transaction_key
limit 200
