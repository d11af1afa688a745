/*
title = "Automation"
definition = "Every scheduled action, automation rule and action of Odoo that calls another system, and whether it works, as far as Odoo tells: what fails or is late first."
*/
select
    automation.instance,
    automation.record_model,
    automation.record_id,
    automation.name,
    automation.kind,
    automation.target_model,
    automation.state,
    automation.unknown_because,
    automation.last_run_at,
    automation.failing_since_at,
    automation.late_since_at,
    odoo_url(
        odoo_instance.url, odoo_instance.version, automation.record_model, automation.record_id
    ) as record_url,
from fct_automation as automation
left join odoo_instance on odoo_instance.instance = automation.instance
where automation.gone_at is null
order by
    automation_rank(automation.state),
    automation.name,
    automation.record_model,
    automation.record_id
