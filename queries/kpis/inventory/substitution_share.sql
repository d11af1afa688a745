/*
title = "Substituted components"
definition = "Of the components that production orders consumed, how many are not on the order's bill of materials: alternates and additions, counted once per order, by the day of the last consumption. The row names them and, where the bill of materials is still as it was, the components of it that were not used. Orders without a bill of materials are left out; so is a bill of materials that was changed to the substitute."
unit = "share"
direction = "lower"
target = 0.02
owner = "Head of engineering"
measure = "ratio"
statistic = "ratio"
clocks = ["elapsed"]
dimensions = ["plant", "company", "product", "product_family", "responsible"]
audience = ["executive", "plant manager"]
*/
select
    instance,
    record_model,
    record_id,
    name,
    plant,
    company,
    product,
    product_family,
    responsible,
    substitutes,
    replaced,
    consumed_at as at,
    substitute_count as numerator,
    component_count as denominator,
from fct_substitution
