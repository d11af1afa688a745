/*
title = "Find a record"
definition = "Documents whose name or origin holds a text, newest first."
*/
select
    instance,
    record_model,
    record_id,
    name,
    origin,
    plant,
    state,
    started_at,
from fct_case
where contains(lower(name), lower($text)) or contains(lower(origin), lower($text))
order by lower(name) = lower($text) desc, started_at desc
limit 50
