/*
title = "Plants of the reference exist"
definition = "A plant that [harmonization] in ops.toml names as reference is none of the plants: the others are the reference without it."
severity = "warn"
owner = "Operator"
remedy = "write the code of the plant under [harmonization] in ops.toml as `python -m queries list plant` shows it"
*/
select plant
from cfg_reference
where plant not in (select plant from dim_plant where plant is not null)
