/*
grain = "one row per master record (product, bill of materials, vendor's price, vendor, reordering rule, work center) and plant in which it is used: the open orders that need it, and what went wrong with it in the last 26 weeks"
key = ["instance", "record_model", "record_id", "plant"]
*/
-- An order needs the product it makes, buys or sells, the components of its bill of materials, that bill, its vendor, and
-- the work centers of its work orders that are not done. short_count: waits of orders for a component that began in these
-- weeks. due_count and late_count: purchase lines that fell due in these weeks, and those of them that came late or are
-- missing. amount, in the reporting currency, is that of the orders whose worth is known.
with
open_order as (
    select * from fct_open_order
    where plant is not null
),

production as (
    select
        open_order.*,
        raw_order.product_id,
        raw_order.bom_id,
    from open_order
    inner join stg_mrp_production as raw_order
        on raw_order.instance = open_order.instance and raw_order.id = open_order.record_id
    where open_order.record_model = 'mrp.production'
),

vendor as (
    select
        instance,
        id as partner_id,
        coalesce(commercial_partner_id, id) as vendor_id,
    from stg_res_partner
),

need as (
    select instance, record_model, record_id, 'product' as thing, product_id as thing_id from production
    union
    select instance, record_model, record_id, 'bill of materials', bom_id from production
    union
    select production.instance, production.record_model, production.record_id, 'product', line.product_id
    from production
    inner join stg_mrp_bom_line as line
        on line.instance = production.instance and line.bom_id = production.bom_id
    union
    select open_order.instance, open_order.record_model, open_order.record_id, 'product', line.product_id
    from open_order
    inner join stg_purchase_order_line as line
        on line.instance = open_order.instance and line.order_id = open_order.record_id
    where open_order.record_model = 'purchase.order'
    union
    select open_order.instance, open_order.record_model, open_order.record_id, 'product', line.product_id
    from open_order
    inner join stg_sale_order_line as line
        on line.instance = open_order.instance and line.order_id = open_order.record_id
    where open_order.record_model = 'sale.order'
    union
    select open_order.instance, open_order.record_model, open_order.record_id, 'vendor', vendor.vendor_id
    from open_order
    inner join stg_purchase_order as raw_order
        on raw_order.instance = open_order.instance and raw_order.id = open_order.record_id
    inner join vendor on vendor.instance = raw_order.instance and vendor.partner_id = raw_order.partner_id
    where open_order.record_model = 'purchase.order'
    union
    select production.instance, production.record_model, production.record_id, 'work center', operation.work_center_id
    from production
    inner join fct_work_order as operation
        on operation.instance = production.instance and operation.production_id = production.record_id
    where operation.state not in ('done', 'cancel')
),

-- What went wrong, by product or vendor and plant.
short as (
    select
        instance,
        plant,
        component_id as product_id,
        count(*) as short_count,
    from fct_component_wait
    where short_at >= $as_of - interval 182 day and component_id is not null
    group by instance, plant, component_id
),

due as (
    select
        promise.instance,
        promise.plant,
        promise.product_id,
        vendor.vendor_id,
        coalesce(promise.fulfilled_at, $as_of) > promise.due_at as is_late,
    from fct_promise as promise
    left join stg_purchase_order as raw_order
        on raw_order.instance = promise.instance and raw_order.id = promise.record_id
    left join vendor on vendor.instance = raw_order.instance and vendor.partner_id = raw_order.partner_id
    where promise.record_model = 'purchase.order'
        and promise.outcome <> 'cancelled'
        and promise.due_at between $as_of - interval 182 day and $as_of
),

trouble as (
    select instance, plant, 'product' as thing, product_id as thing_id, short_count, 0 as due_count, 0 as late_count
    from short
    union all
    select instance, plant, 'product', product_id, 0, count(*), count(*) filter (where is_late)
    from due
    group by instance, plant, product_id
    union all
    select instance, plant, 'vendor', vendor_id, 0, count(*), count(*) filter (where is_late)
    from due
    where vendor_id is not null
    group by instance, plant, vendor_id
),

-- What each master record is about.
record as (
    select instance, 'mrp.bom' as record_model, id as record_id, 'bill of materials' as thing, id as thing_id
    from stg_mrp_bom
    union all
    select instance, 'product.product', id, 'product', id from stg_product_product
    union all
    select instance, 'product.template', product_tmpl_id, 'product', id from stg_product_product
    union all
    select price.instance, 'product.supplierinfo', price.id, 'product', product.id
    from stg_product_supplierinfo as price
    inner join stg_product_product as product
        on product.instance = price.instance
        and product.product_tmpl_id = price.product_tmpl_id
        and coalesce(price.product_id, product.id) = product.id
    union all
    select instance, 'stock.warehouse.orderpoint', id, 'product', product_id from stg_stock_warehouse_orderpoint
    union all
    select instance, 'res.partner', vendor_id, 'vendor', vendor_id from vendor
    where partner_id = vendor_id
    union all
    select instance, 'mrp.workcenter', id, 'work center', id from stg_mrp_workcenter
),

-- An order that needs two variants of a template counts once.
needed as (
    select distinct
        record.instance,
        record.record_model,
        record.record_id,
        need.record_model as order_model,
        need.record_id as order_id,
    from record
    inner join need using (instance, thing, thing_id)
),

used as (
    select
        needed.instance,
        needed.record_model,
        needed.record_id,
        open_order.plant,
        count(*) as open_count,
        count(open_order.reporting_amount) as valued_count,
        sum(open_order.reporting_amount) as amount,
        any_value(open_order.reporting_currency) as currency,
        0 as short_count,
        0 as due_count,
        0 as late_count,
    from needed
    inner join open_order
        on open_order.instance = needed.instance
        and open_order.record_model = needed.order_model
        and open_order.record_id = needed.order_id
    group by needed.instance, needed.record_model, needed.record_id, open_order.plant
    union all by name
    select
        record.instance,
        record.record_model,
        record.record_id,
        trouble.plant,
        0 as open_count,
        0 as valued_count,
        sum(trouble.short_count) as short_count,
        sum(trouble.due_count) as due_count,
        sum(trouble.late_count) as late_count,
    from record
    inner join trouble using (instance, thing, thing_id)
    where trouble.plant is not null
    group by record.instance, record.record_model, record.record_id, trouble.plant
)

select
    instance,
    record_model,
    record_id,
    plant,
    sum(open_count)::bigint as open_count,
    sum(valued_count)::bigint as valued_count,
    sum(amount) as amount,
    any_value(currency) as currency,
    sum(short_count)::bigint as short_count,
    sum(due_count)::bigint as due_count,
    sum(late_count)::bigint as late_count,
from used
group by instance, record_model, record_id, plant
