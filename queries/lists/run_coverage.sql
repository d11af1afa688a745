/*
title = "Runs against what n8n counts"
definition = "Of each n8n whose metrics are on, the runs that it counted between the first and the last reading since it was started last, and how many of them are known. What is not was not kept, cleared away unread, or is of a workflow that the user of the API key does not see."
*/
select
    instance,
    counted_from_at,
    counted_at,
    started_count,
    known_count,
    unknown_count,
    is_implausible,
from fct_run_coverage
order by unknown_count desc, instance
