/*
title = "Time goes forwards"
definition = "The data of the newest refresh are from a later moment than those of every refresh before."
severity = "warn"
owner = "Operator"
remedy = "the clock of this machine went back, or was ahead before: set it; until it has caught up, ages and history are wrong"
*/
-- Which refresh is the newest is told by the order in which they were booked: the moments are what may be wrong.
with
booked as (
    select
        run,
        as_of,
        row_number() over (order by rowid desc) as age,
    from run
    where as_of is not null
)

select
    newest.run as name,
    'as of ' || strftime(newest.as_of, '%Y-%m-%d %H:%M') || ', after ' || strftime(max(before.as_of), '%Y-%m-%d %H:%M')
        as detail,
from booked as newest
inner join booked as before on before.age > 1
where newest.age = 1
group by newest.run, newest.as_of
having newest.as_of < max(before.as_of)
