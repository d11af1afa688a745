/*
title = "Corrective action overdue"
definition = "An open action of the quality management system whose deadline is over: since the end of that day in the plant's own time. Without a deadline none is overdue. The money is that of the document its nonconformity is about, where the database links one."
severity = "medium"
sla = "7 d"
owner = "Head of quality"
fallback = "Plant manager"
remedy = "do the action and close it, or agree on another deadline"
needs = ["mgmtsystem_action"]
*/
select
    instance,
    record_model,
    record_id,
    name,
    plant,
    due_at as since_at,
    responsible,
    action_type || ' due ' || due_on || coalesce(', for ' || nonconformity, '') as detail,
    amount,
    currency,
from fct_corrective_action
where status = 'open' and due_at <= $as_of
