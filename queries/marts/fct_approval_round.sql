/*
grain = "one row per round in which approval of a document was asked for, with its first and its final decision"
key = ["instance", "record_model", "record_id", "mechanism", "round_number"]
person = ["responsible"]
*/
select
    instance,
    record_model,
    record_id,
    name,
    plant,
    company,
    product,
    product_family,
    vendor,
    responsible,
    amount,
    currency,
    mechanism,
    round_number,
    arg_min(risk_class, requested_at) as risk_class,
    count(*) as step_count,
    min(requested_at) as requested_at,
    min(closed_at) filter (where outcome in ('approved', 'rejected', 'forwarded')) as first_decided_at,
    case
        when bool_or(outcome = 'rejected') then min(closed_at) filter (where outcome = 'rejected')
        when bool_and(outcome in ('approved', 'forwarded', 'moot')) then max(closed_at) filter (where outcome = 'approved')
    end as decided_at,
    bool_or(outcome = 'open') as is_open,
    case
        when bool_or(approver_kind in ('human', 'external')) then 'person'
        when bool_or(approver_kind in ('automation', 'integration')) then 'machine'
        when bool_or(outcome in ('approved', 'rejected', 'forwarded')) then 'unknown'
        else 'nobody yet'
    end as decided_by,
from fct_approval
group by all
