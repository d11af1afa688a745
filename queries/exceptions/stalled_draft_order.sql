/*
title = "Stalled draft"
definition = "A production order that is still a draft, with what is known to keep it from its release; overdue once that takes longer than it may (sla)."
severity = "medium"
sla = "3 d"
owner = "Production planner"
fallback = "Head of production planning"
remedy = "confirm the order or cancel it"
needs = ["mrp_production"]
*/
select
    production.instance,
    production.record_model,
    production.record_id,
    production.name,
    production.plant,
    production.created_at as since_at,
    production.responsible,
    coalesce(
        string_agg(blocker.blocker || ': ' || blocker.detail, '; ' order by blocker.blocker), 'nothing known keeps it waiting'
    ) as detail,
from fct_production_order as production
left join fct_release_blocker as blocker
    on blocker.instance = production.instance and blocker.record_id = production.record_id and blocker.left_at is null
where production.is_draft
group by
    production.instance,
    production.record_model,
    production.record_id,
    production.name,
    production.plant,
    production.created_at,
    production.responsible
