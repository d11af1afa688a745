/*
title = "Find a record"
definition = "Documents whose name or origin holds a text: the one of that name, then production and purchase orders, then what is around them, newest first."
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
where (name ilike '%' || $text || '%' or origin ilike '%' || $text || '%')
    -- What ilike takes for a wildcard is looked for as it is.
    and (
        not regexp_matches($text, '[%_]')
        or contains(lower(name), lower($text))
        or contains(lower(origin), lower($text))
    )
order by lower(name) = lower($text) desc, workflow in ('production', 'purchase') desc, started_at desc
limit 50
