/*
title = "Bill does not match order and receipt"
definition = "A posted bill of a vendor that is not paid: more is billed than was received so far, a price is off the ordered one by more than 1 % (its limit), or goods are billed that were not ordered. Bills without any ordered line, landed costs, and services that were not received are left out."
severity = "high"
about = "control"
sla = "5 d"
limit = 0.01
owner = "Accounts payable"
fallback = "Purchase manager"
remedy = "ask for a credit note, book the missing receipt, or correct the order, before the bill is paid"
needs = ["account_move", "account_move_line"]
*/
select
    instance,
    record_model,
    record_id,
    name,
    plant,
    posted_at as since_at,
    coalesce(order_name || ': ', '') || concat_ws(
        ', ',
        if(is_over_received, 'more billed than received', null),
        if(price_deviation > limit_of('bill_receipt_mismatch', plant), 'price off by '
            || format('{:.1f}', 100 * price_deviation) || ' %', null),
        if(unordered_line_count > 0, 'not ordered', null)
    ) as detail,
    amount,
    currency,
from fct_bill
where not is_refund
    and ordered_line_count > 0
    and payment_state in ('not_paid', 'partial')
    and (
        is_over_received
        or price_deviation > limit_of('bill_receipt_mismatch', plant)
        or unordered_line_count > 0
    )
