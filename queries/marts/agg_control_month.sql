/*
grain = "one row per plant, month (UTC) and way round a control: how often it was taken, and, of approvals, of how many"
key = ["plant", "month", "kind"]
*/
-- Approvals of documents that were not cancelled or deleted, by the month of the decision; of what people did by hand that
-- which goes round what a system had locked, failed, counted or dated. Work done by hand in its usual place is none.
with
approved as (
    select
        approval.plant,
        date_trunc('month', approval.closed_at)::date as month,
        coalesce(approval.requester_id = approval.approver_id, false) as is_requester,
        not is_requester and coalesce(document.created_by_id = approval.approver_id, false) as is_creator,
    from fct_approval as approval
    left join dim_document as document
        on document.instance = approval.instance
        and document.record_model = approval.record_model
        and document.record_id = approval.record_id
    where approval.outcome = 'approved' and coalesce(document.state, '') not in ('cancel', 'deleted')
)

select
    plant,
    month,
    'approved by who asked' as kind,
    count(*) filter (where is_requester) as n,
    count(*) as of_count,
from approved
group by plant, month
union all
select
    plant,
    month,
    'approved by who made it' as kind,
    count(*) filter (where is_creator) as n,
    count(*) as of_count,
from approved
group by plant, month
union all
select
    plant,
    date_trunc('month', intervened_at)::date as month,
    kind,
    count(*) as n,
    null as of_count,
from fct_intervention
where kind in ('unlocked', 'job done by hand', 'stock adjusted', 'back-dated entry', 'cancelled and made again')
group by plant, date_trunc('month', intervened_at), kind
