/*
title = "Every process rule is about something"
definition = "Each rule below [[process]] of ops.toml names plants, product families and products that exist."
severity = "warn"
owner = "Operator"
remedy = "compare the names below [[process.rule]] in ops.toml with those in Odoo: the rule finds nothing there"
*/
select distinct
    rule as name,
    kind || ': ' || named as detail,
from (
    select
        rule,
        'plant' as kind,
        plant as named,
    from cfg_process_rule
    where plant <> ''
    union all
    select
        rule,
        'product family' as kind,
        unnest(product_families) as named,
    from cfg_process_rule
    union all
    select
        rule,
        'product' as kind,
        unnest(products) as named,
    from cfg_process_rule
) as configured
where not exists (
    select 1 from dim_plant
    where configured.kind = 'plant' and dim_plant.plant = configured.named
)
and not exists (
    select 1 from dim_product
    where (configured.kind = 'product family' and dim_product.family = configured.named)
        or (configured.kind = 'product' and configured.named in (dim_product.product, dim_product.name))
)
