/*
grain = "one row per text that tells what was wrong: of a nonconformity, a failed inspection, a failed quality check, a quality alert, a scrap order or a repair"
key = ["instance", "record_model", "record_id"]
*/
-- The texts are titles and reasons as staging holds them; descriptions and messages are not read. `about` is what the
-- record names besides: its product or its machine, whose words are no defect.
with
template as (
    select
        template.instance,
        template.id as product_tmpl_id,
        any_value(dim_product.product) as product,
    from stg_product_template_last as template
    inner join stg_product_product_last as variant
        on variant.instance = template.instance and variant.product_tmpl_id = template.id
    inner join dim_product on dim_product.instance = variant.instance and dim_product.product_id = variant.id
    group by template.instance, template.id
),

found as (
    select
        instance,
        record_model,
        record_id,
        'nonconformity' as source,
        name,
        plant,
        company,
        product,
        product_family,
        subject as text,
        product as about,
        created_at as found_at,
    from fct_nonconformity
    where status <> 'cancelled'
    union all by name
    select
        instance,
        record_model,
        record_id,
        'scrap' as source,
        name,
        plant,
        company,
        product,
        product_family,
        reason as text,
        product as about,
        scrapped_at as found_at,
    from fct_scrap
    union all by name
    select
        instance,
        record_model,
        record_id,
        'repair' as source,
        name,
        plant,
        company,
        name as text,
        concat_ws(' ', equipment, workcenter) as about,
        created_at as found_at,
    from fct_maintenance_request
    where maintenance_type = 'corrective' and status <> 'cancelled'
    union all by name
    select
        hold.instance,
        hold.record_model,
        hold.record_id,
        'inspection' as source,
        hold.name,
        hold.plant,
        hold.company,
        hold.product,
        hold.product_family,
        coalesce(check_row.title, inspection.name) as text,
        hold.product as about,
        hold.held_at as found_at,
    from (
        select distinct on (instance, record_model, record_id) *
        from fct_hold
        where has_failed and record_model in ('qc.inspection', 'quality.check')
    ) as hold
    left join stg_qc_inspection_last as inspection
        on hold.record_model = 'qc.inspection'
        and inspection.instance = hold.instance
        and inspection.id = hold.record_id
    left join stg_quality_check_last as check_row
        on hold.record_model = 'quality.check'
        and check_row.instance = hold.instance
        and check_row.id = hold.record_id
    union all by name
    select
        alert.instance,
        'quality.alert' as record_model,
        alert.id as record_id,
        'quality alert' as source,
        alert.name,
        coalesce(hold.plant, company.plant) as plant,
        company.company,
        coalesce(dim_product.product, template.product) as product,
        dim_product.family as product_family,
        alert.title as text,
        coalesce(dim_product.product, template.product) as about,
        alert.created_at as found_at,
    from stg_quality_alert_last as alert
    left join (
        select
            instance,
            record_id,
            any_value(plant) as plant,
        from fct_hold
        where record_model = 'quality.alert'
        group by instance, record_id
    ) as hold on hold.instance = alert.instance and hold.record_id = alert.id
    left join dim_company as company
        on company.instance = alert.instance and company.company_id = alert.company_id
    left join dim_product
        on dim_product.instance = alert.instance and dim_product.product_id = alert.product_id
    left join template
        on template.instance = alert.instance and template.product_tmpl_id = alert.product_tmpl_id
)

select
    instance,
    record_model,
    record_id,
    source,
    name,
    plant,
    company,
    product,
    product_family,
    left(trim(text), 300) as text,
    about,
    found_at,
from found
where regexp_matches(text, '\p{L}{3}') and found_at is not null -- a number such as QC/00012 tells nothing
