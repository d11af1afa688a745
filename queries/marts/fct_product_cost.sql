/*
grain = "one row per product, company and moment from which on a cost per unit (of the product, in the company's currency) held"
key = ["instance", "product_id", "company_id", "held_from"]
*/
with
-- Odoo 19 and later note each cost that somebody set, for its company.
noted as (
    select
        instance,
        product_id,
        company_id,
        valid_from_at as held_from,
        arg_max(value, id) as unit_cost,
    from stg_product_value_last
    where product_id is not null and lot_id is null and move_id is null
    group by instance, product_id, company_id, valid_from_at
),

-- The product itself shows the cost of the reading user's own company: it is told where there is only one.
shown as (
    select
        product.instance,
        product.id as product_id,
        company.company_id,
        timestamp '1970-01-01' as held_from,
        product.standard_cost as unit_cost,
    from stg_product_product_last as product
    inner join (
        select
            instance,
            min(id) as company_id,
        from stg_res_company_last
        group by instance
        having count(*) = 1
    ) as company on company.instance = product.instance
    where product.standard_cost is not null
        and not exists (
            from noted
            where noted.instance = product.instance
                and noted.product_id = product.id
                and noted.company_id = company.company_id
        )
)

select * from noted
union all by name
select * from shown
