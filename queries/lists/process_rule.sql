/*
title = "Process rules"
definition = "The process rules in force, in each plant in which they hold: what must hold, from which amount on, for which products, what a deviation weighs and who owns it."
*/
select
    workflow,
    rule,
    plant,
    kind,
    definition,
    from_amount,
    product_families,
    products,
    weight,
    owner,
    note,
    is_built_in,
from dim_process_rule
order by workflow, rule, plant
