/*
title = "What filters offer"
definition = "Product families of all products, and everybody who is responsible for a document."
*/
select
    'family' as filter,
    family as value,
from dim_product
where family is not null
group by family
union all
select
    'responsible' as filter,
    responsible as value,
from fct_case
where responsible is not null
group by responsible
order by filter, value
