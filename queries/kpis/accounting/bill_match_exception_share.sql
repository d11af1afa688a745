/*
title = "Bills that do not match order and receipt"
definition = "Share of vendors' posted bills that did not match when they were posted: more was billed than had been received by then, a price was off the ordered one by more than 1 % (the limit of the exception bill_receipt_mismatch), or goods were billed that nobody had ordered. By the day of posting. Credit notes, bills without any line of a purchase order (rent, services) and landed costs are left out; services count by their price only."
unit = "share"
direction = "lower"
owner = "Accounts payable"
measure = "share"
statistic = "rate"
target = 0.05
clocks = ["elapsed"]
dimensions = ["plant", "company", "vendor", "product_family", "currency"]
audience = ["executive", "plant manager"]
*/
select
    instance,
    record_model,
    record_id,
    name,
    plant,
    company,
    vendor,
    product_family,
    currency,
    order_name,
    posted_at as at,
    price_deviation,
    amount,
    case
        when was_over_received then 'more billed than received'
        when price_deviation > coalesce(limit_of('bill_receipt_mismatch', plant), 0.01) then 'price differs'
        when unordered_line_count > 0 then 'not ordered'
    end as mismatch,
    was_over_received
    or coalesce(price_deviation > coalesce(limit_of('bill_receipt_mismatch', plant), 0.01), false)
    or unordered_line_count > 0 as is_bad,
from fct_bill
where not is_refund and ordered_line_count > 0
