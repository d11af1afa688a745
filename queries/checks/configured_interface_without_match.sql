/*
title = "Every configured interface is found"
definition = "Each section [[interface]] of ops.toml is that of a flow that ran."
severity = "warn"
owner = "Operator"
remedy = "compare source, instance, flow and plant of the section with what `python -m queries interfaces` lists; a section before it may have the flow"
*/
select
    interface as name,
    plant,
    concat_ws(', ', 'source ' || source, 'instance ' || instance, 'flow ' || flow_name) as detail,
from dim_interface
where not is_seen
