/*
title = "Every plant with cases has working hours"
definition = "The work calendar of a plant says when it is open; without one its durations have no working time."
severity = "warn"
owner = "Operator"
remedy = "give the company a work calendar with hours in Odoo, or name one for the plant in ops.toml"
*/
select
    instance,
    plant,
    gap,
from dim_plant_calendar
where gap is not null
    and held_to is null
    and plant in (select plant from dim_document)
