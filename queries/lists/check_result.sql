/*
title = "Checks"
definition = "What must not be in the data: failed checks first."
*/
select
    name,
    severity,
    title,
    definition,
    owner,
    failed_count,
    status,
    remedy,
from check_result
order by failed_count > 0 desc, severity, name
