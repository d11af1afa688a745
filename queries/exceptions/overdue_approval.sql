/*
title = "Approval waiting"
definition = "An approval step that waits for a decision."
severity = "high"
sla = "3 d"
owner = "Purchase manager"
remedy = "decide, or hand the decision over"
*/
select
    instance,
    record_model,
    record_id,
    name,
    plant,
    min(pending_at) as since_at,
from fct_approval
where outcome = 'open' and pending_at is not null
group by instance, record_model, record_id, name, plant
