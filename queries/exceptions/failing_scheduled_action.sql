/*
title = "Scheduled action fails"
definition = "A scheduled action of Odoo whose last runs failed, or which was switched off after it had failed."
severity = "high"
sla = "1 d"
owner = "Operator"
fallback = "Head of IT"
remedy = "read the server's log for the error, mend it, and run the action by hand"
needs = ["ir_cron"]
*/
select
    instance,
    record_model,
    record_id,
    name,
    null::varchar as plant,
    coalesce(failing_since_at, deactivated_at) as since_at,
from fct_cron_health
where gone_at is null and (failure_count > 0 or (deactivated_at is not null and seen_failure_count > 0))
