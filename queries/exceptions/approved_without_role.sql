/*
title = "Approved without the role"
definition = "An approval in the last 90 days (its limit) by a user who did not hold the role then: no reviewer of the tier, or, for double validation of purchase orders, no purchase manager. Odoo's own system user holds every role. Groups are known from the first refresh on; where they cannot be read, double validation is not judged."
severity = "high"
about = "duties"
sla = "2 d"
limit = "90 d"
owner = "Internal control"
fallback = "Head of IT"
remedy = "have the document approved by who holds the role, and find what let it through: a script, an import, or rights that are too wide"
needs = ["res_users", "tier_review or res_groups"]
*/
with
double_validation as (
    select approval.*
    from (
        select * from fct_approval
        where mechanism = 'double validation' and outcome = 'approved' and approver_id <> 1
    ) as approval
    asof join fct_role as role
        on role.instance = approval.instance
        and role.user_id = approval.approver_id
        and role.held_from <= approval.closed_at
    where not role.is_held
),

tier as (
    select approval.*
    from fct_approval as approval
    where approval.mechanism = 'tier review'
        and approval.outcome = 'approved'
        and approval.approver_id <> 1
        and exists (
            from stg_tier_review_history as review
            where review.instance = approval.instance
                and review.id = approval.review_id
                and len(review.reviewer_ids) > 0
        )
        and not exists (
            from stg_tier_review_history as review
            where review.instance = approval.instance
                and review.id = approval.review_id
                and list_contains(review.reviewer_ids, approval.approver_id)
        )
)

select
    instance,
    record_model,
    record_id,
    name,
    plant,
    max(closed_at) as since_at,
    arg_max(approver, closed_at) as responsible,
    arg_max(step_name, closed_at) || ': approved without the role' as detail,
    any_value(amount) as amount,
    any_value(currency) as currency,
from (
    select * from double_validation
    union all
    select * from tier
)
where closed_at >= date_trunc('day', $as_of) - to_seconds(limit_of('approved_without_role', plant))
group by instance, record_model, record_id, name, plant
