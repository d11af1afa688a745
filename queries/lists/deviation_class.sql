/*
title = "Deviations by rule and plant"
definition = "Each process rule in each plant in which it holds: cases it is about, cases that break it, their lead times beside those of cases that break none, and what is at stake."
*/
select *
from agg_deviation
order by workflow, rule, plant
