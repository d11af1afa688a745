/*
title = "Shifts"
definition = "Shifts of a plant that have begun, of the last four weeks, the newest first, each with the one that follows it: from and to in UTC and in the plant's own time. is_running: the shift was on when the data were read. is_known: the working hours of the plant are known; else a shift is a day."
*/
select
    instance,
    plant,
    shift_from,
    shift_to,
    local_from,
    local_to,
    timezone,
    is_known,
    shift_to > $as_of as is_running,
    lead(shift_to) over following as next_to,
    lead(local_from) over following as next_local_from,
    lead(local_to) over following as next_local_to,
from dim_shift
where plant = $plant
window following as (partition by instance, plant order by shift_from)
qualify shift_from <= $as_of
order by shift_from desc
