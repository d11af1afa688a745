/*
grain = "one row per product variant"
key = ["instance", "product_id"]
*/
select
    product.instance,
    product.id as product_id,
    product.default_code as code,
    template.name,
    case
        when product.default_code is null then template.name
        else '[' || product.default_code || '] ' || template.name
    end as product,
    category.name as family,
    category.complete_name as family_path,
    product.active as is_active,
from stg_product_product_last as product
left join stg_product_template_last as template
    on template.instance = product.instance and template.id = product.product_tmpl_id
left join stg_product_category_last as category
    on category.instance = template.instance and category.id = template.categ_id
