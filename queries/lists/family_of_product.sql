/*
title = "Product families"
definition = "The family of each product, by the name that documents give the product."
*/
select distinct
    product,
    family,
from dim_product
where family is not null
order by product, family
