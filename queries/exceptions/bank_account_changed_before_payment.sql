/*
title = "Bank account changed before payment"
definition = "A vendor's bill whose vendor had a bank account changed since the bill came, or within 30 days (its limit) before it was paid or, while it is not, before now: a number that was written over, or a new account of a vendor that had been paid before. Paid bills are named for 30 days (its limit)."
severity = "high"
about = "sensitive change"
sla = "1 d"
limit = "30 d"
owner = "Head of finance"
fallback = "Internal control"
remedy = "call the vendor under a number known from before, and confirm the account before money leaves; where it was paid, ask the bank to call it back"
needs = ["account_move", "res_partner_bank"]
*/
with
account as (
    select
        account.instance,
        account.id as account_id,
        coalesce(partner.commercial_partner_id, account.partner_id) as vendor_id,
        account.created_at,
    from stg_res_partner_bank_last as account
    left join stg_res_partner_last as partner
        on partner.instance = account.instance and partner.id = account.partner_id
    where account.gone_by is distinct from 'deleted'
),

-- Odoo 17 and later track the number; before, a change shows between two refreshes.
written_over as (
    select
        instance,
        record_id as account_id,
        event_at as changed_at,
        actor_id,
    from fct_change
    where record_model = 'res.partner.bank' and field = 'acc_number'
    union all
    select
        seen.instance,
        seen.account_id,
        seen.changed_at,
        seen.actor_id,
    from (
        select
            instance,
            id as account_id,
            changed_by_id as actor_id,
            account,
            lag(account) over earlier as account_before,
            if(changed_at between lag(seen_at) over earlier and valid_from, changed_at, valid_from) as changed_at,
            lag(seen_at) over earlier as seen_before,
            valid_from,
        from stg_res_partner_bank_history
        window earlier as (partition by instance, id order by valid_from)
    ) as seen
    where seen.account_before is not null
        and seen.account is distinct from seen.account_before
        and not exists (
            from fct_change as change
            where change.instance = seen.instance
                and change.record_model = 'res.partner.bank'
                and change.record_id = seen.account_id
                and change.event_at between seen.seen_before and seen.valid_from
        )
),

change as (
    select
        account.instance,
        account.vendor_id,
        written_over.changed_at,
        'number changed' as what,
    from written_over
    inner join account
        on account.instance = written_over.instance and account.account_id = written_over.account_id
    union all
    select
        account.instance,
        account.vendor_id,
        account.created_at as changed_at,
        'account added' as what,
    from account
    where exists (
        from fct_bill as earlier
        where earlier.instance = account.instance
            and earlier.vendor_id = account.vendor_id
            and earlier.paid_at < account.created_at
    )
)

select
    bill.instance,
    bill.record_model,
    bill.record_id,
    bill.name,
    bill.plant,
    max(change.changed_at) as since_at,
    arg_max(change.what, change.changed_at)
    || if(bill.paid_at is null, ', not paid yet', ', then paid') as detail,
    bill.amount,
    bill.currency,
from fct_bill as bill
inner join change
    on change.instance = bill.instance
    and change.vendor_id = bill.vendor_id
    and change.changed_at >= least(
        bill.created_at,
        coalesce(bill.paid_at, $as_of)
            - to_seconds(limit_of('bank_account_changed_before_payment', bill.plant))
    )
    and change.changed_at <= coalesce(bill.paid_at, $as_of)
where not bill.is_refund
    and (
        bill.payment_state in ('not_paid', 'partial')
        or bill.paid_at >= date_trunc('day', $as_of)
            - to_seconds(limit_of('bank_account_changed_before_payment', bill.plant))
    )
group by
    bill.instance, bill.record_model, bill.record_id, bill.name, bill.plant, bill.paid_at, bill.amount, bill.currency
