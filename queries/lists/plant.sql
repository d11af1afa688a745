/*
title = "Plants"
definition = "Every plant the reader may see."
*/
select
    instance,
    plant,
    name,
    company,
    timezone,
    currency,
from dim_plant
order by plant
