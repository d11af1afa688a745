/*
title = "Every system could be read"
definition = "Each n8n that ops.toml or the environment names, and each other system beside Odoo, could be read at the last refresh. What could not be read stays as it was at the refresh before."
severity = "warn"
owner = "Operator"
remedy = "do what the detail says; until then the numbers of that system are those of the refresh before"
*/
select
    instance,
    source as name,
    problem as detail,
from source_state
where problem is not null
