/*
title = "Runs"
definition = "The refreshes, newest first: when, how long, what they changed, how they ended."
*/
select
    run,
    started_at,
    published_at,
    as_of,
    status,
    read_rows as rows_read,
    new_rows as rows_new,
    changed_rows as rows_changed,
    closed_rows as rows_closed,
    message,
from run
order by started_at desc
