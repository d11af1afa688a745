/*
grain = "one row per Odoo user: a person or a machine, with the rule that decided it"
key = ["instance", "user_id"]
person = ["name", "login"]
*/
select
    users.instance,
    users.id as user_id,
    partner.name,
    users.login,
    partner.lang as language,
    users.active as is_active,
    case
        when configured.kind is not null then configured.kind
        when users.id = 1 then 'automation'
        when users.login = 'public' then 'integration'
        when users.share then 'external'
        else 'human'
    end as kind,
    case when configured.kind is not null then 'A' else 'B' end as confidence,
    case
        when configured.kind is not null then 'listed in ops.toml'
        when users.id = 1 then 'Odoo''s own system user'
        when users.login = 'public' then 'Odoo''s public user: a webhook or a website'
        when users.share then 'portal user'
        else 'internal user; work through its API key looks the same'
    end as rule,
from stg_res_users_last as users
left join stg_res_partner_last as partner
    on partner.instance = users.instance and partner.id = users.partner_id
left join cfg_user as configured
    on configured.login = lower(users.login)
