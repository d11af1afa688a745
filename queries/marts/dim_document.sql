/*
grain = "one row per production order and purchase order; what stands around them is in dim_related_document"
key = ["instance", "record_model", "record_id"]
person = ["responsible"]
*/
with
document as (
    select
        instance,
        'mrp.production' as record_model,
        id as record_id,
        'production' as workflow,
        name,
        origin,
        state,
        company_id,
        picking_type_id,
        product_id,
        null as partner_id,
        user_id,
        null as amount,
        null as currency_id,
        created_at,
        created_by_id,
        gone_at,
        gone_by,
    from stg_mrp_production_last
    union all
    select
        purchase.instance,
        'purchase.order' as record_model,
        purchase.id as record_id,
        'purchase' as workflow,
        purchase.name,
        purchase.origin,
        purchase.state,
        purchase.company_id,
        purchase.picking_type_id,
        main_line.product_id,
        purchase.partner_id,
        purchase.user_id,
        purchase.untaxed_amount as amount,
        purchase.currency_id,
        purchase.created_at,
        purchase.created_by_id,
        purchase.gone_at,
        purchase.gone_by,
    from stg_purchase_order_last as purchase
    left join (
        select
            instance,
            order_id,
            arg_max(product_id, (gone_at is null, coalesce(subtotal_amount, 0), -id)) as product_id,
        from stg_purchase_order_line_last
        group by instance, order_id
    ) as main_line on main_line.instance = purchase.instance and main_line.order_id = purchase.id
)

select
    document.instance,
    document.record_model,
    document.record_id,
    document.workflow,
    document.name,
    document.origin,
    case
        when document.gone_by = 'deleted' and document.state not in ('done', 'cancel', 'purchase') then 'deleted'
        else document.state
    end as state,
    document.gone_at,
    document.gone_by,
    dim_plant.plant,
    company.name as company,
    dim_product.product,
    dim_product.family as product_family,
    coalesce(partner.company_name, 'private vendor ' || document.partner_id) as vendor,
    dim_user.name as responsible,
    document.user_id as responsible_id,
    document.amount,
    currency.name as currency,
    document.created_at,
    document.created_by_id,
from document
left join stg_stock_picking_type_last as picking_type
    on picking_type.instance = document.instance and picking_type.id = document.picking_type_id
left join dim_plant
    on dim_plant.instance = document.instance and dim_plant.warehouse_id = picking_type.warehouse_id
left join stg_res_company_last as company
    on company.instance = document.instance and company.id = document.company_id
left join dim_product
    on dim_product.instance = document.instance and dim_product.product_id = document.product_id
left join dim_partner as partner
    on partner.instance = document.instance and partner.partner_id = document.partner_id
left join dim_user
    on dim_user.instance = document.instance and dim_user.user_id = document.user_id
left join stg_res_currency_last as currency
    on currency.instance = document.instance and currency.id = document.currency_id
