/*
title = "Who holds a role that approves"
definition = "Users that hold the role of a purchase manager, or held it: since when as refreshes saw it (none: since before the first), whether it was taken away, and how often they approved in the last 26 weeks. Those who lost or got it lately come first."
*/
select
    role.instance,
    role.role,
    role.person,
    dim_user.kind,
    dim_user.is_active,
    nullif(role.held_from, timestamp '1970-01-01') as held_from,
    role.held_to,
    coalesce(used.approval_count, 0) as approval_count,
    used.last_at,
    odoo_url(odoo_instance.url, odoo_instance.version, 'res.users', role.user_id) as record_url,
from fct_role as role
left join dim_user on dim_user.instance = role.instance and dim_user.user_id = role.user_id
left join (
    select
        instance,
        approver_id,
        count(*) as approval_count,
        max(closed_at) as last_at,
    from fct_approval
    where outcome = 'approved' and closed_at >= $as_of - interval 182 day
    group by instance, approver_id
) as used on used.instance = role.instance and used.approver_id = role.user_id
left join odoo_instance on odoo_instance.instance = role.instance
where role.is_held
order by greatest(role.held_to, held_from) desc nulls last, approval_count desc, role.person, role.user_id
