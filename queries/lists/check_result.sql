/*
title = "Checks"
definition = "What must not be in the data: failed checks first."
*/
select
    name,
    coalesce(about, 'data') as about,
    severity,
    title,
    definition,
    owner,
    failed_count,
    status,
    remedy,
from (
    select * from check_result
    union all by name
    (select null::varchar as about limit 0)  -- what was published before has no such column
)
order by failed_count > 0 desc, severity, name
