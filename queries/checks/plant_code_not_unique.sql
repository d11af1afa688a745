/*
title = "Plant codes are unique"
definition = "One plant code stands for one warehouse."
severity = "fail"
owner = "Operator"
remedy = "give each plant a code of its own in ops.toml"
*/
select
    plant,
    count(*) || ' warehouses' as detail,
from dim_plant
group by plant
having count(*) > 1
