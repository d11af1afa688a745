/*
title = "Every run that n8n counted is known"
definition = "Where n8n counts the runs it starts (its metrics), at most the share under limit of them is not known: not kept, cleared away before it was read, or of workflows that the user of the API key does not see."
severity = "warn"
owner = "Operator"
limit = 0.005
remedy = "let workflows keep their runs, refresh or sample more often, and use a key of the owner or an administrator: `python -m etl check` says what is wrong"
*/
select
    instance,
    instance as name,
    'of ' || started_count || ' runs that n8n started ' || unknown_count || ' are not known' as detail,
from fct_run_coverage
where unknown_count > started_count * limit_of('n8n_count_differs', '')
