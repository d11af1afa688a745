/*
title = "Checks about master data"
definition = "How many records each check looked at in a plant (none: of no plant) and how many are wrong, now and at earlier refreshes: a line for every time that changed, the newest first."
*/
with
line as (
    select * from check_count_history
    where check_name in (select name from check_result where about = 'master data')
)

select
    line.check_name,
    check_result.title,
    check_result.definition,
    check_result.severity,
    check_result.owner,
    check_result.remedy,
    line.plant,
    line.judged_count,
    line.failed_count,
    line.as_of,
    now_count.check_name is not null
    and row_number() over (partition by line.check_name, line.plant order by line.as_of desc, line.run desc) = 1
        as is_newest,
from line
inner join check_result on check_result.name = line.check_name
left join check_count as now_count
    on now_count.check_name = line.check_name and now_count.plant is not distinct from line.plant
order by line.check_name, line.plant nulls first, line.as_of desc, line.run desc
