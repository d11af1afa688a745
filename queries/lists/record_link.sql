/*
title = "Linked records"
definition = "Documents that led to this one (before) or that it led to (after)."
*/
with
linked as (
    select
        'after' as direction,
        kind,
        confidence,
        to_model as record_model,
        to_id as record_id,
    from fct_link
    where instance = $instance and from_model = $record_model and from_id = $record_id
    union all
    select
        'before' as direction,
        kind,
        confidence,
        from_model as record_model,
        from_id as record_id,
    from fct_link
    where instance = $instance and to_model = $record_model and to_id = $record_id
)

select
    linked.direction,
    linked.kind,
    linked.confidence,
    fct_case.instance,
    linked.record_model,
    linked.record_id,
    fct_case.name,
    fct_case.plant,
    fct_case.state,
    odoo_url(url, version, linked.record_model, linked.record_id) as record_url,
from linked
inner join fct_case
    on fct_case.instance = $instance
    and fct_case.record_model = linked.record_model
    and fct_case.record_id = linked.record_id
left join odoo_instance on odoo_instance.instance = fct_case.instance
order by linked.direction desc, fct_case.name
