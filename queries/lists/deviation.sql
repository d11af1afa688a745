/*
title = "Deviating cases"
definition = "The cases that break the process rule `rule`, in one plant or (empty) in all, the newest first: so many of them (`most`), or (empty) all."
*/
select
    deviation.instance,
    deviation.record_model,
    deviation.record_id,
    deviation.name,
    deviation.workflow,
    deviation.plant,
    deviation.company,
    deviation.product_family,
    deviation.vendor,
    deviation.rule,
    deviation.kind,
    deviation.activity,
    deviation.at,
    deviation.times,
    deviation.is_open,
    deviation.lead_seconds,
    deviation.delay_seconds,
    deviation.amount,
    deviation.currency,
    odoo_url(url, version, deviation.record_model, deviation.record_id) as record_url,
from fct_deviation as deviation
left join odoo_instance on odoo_instance.instance = deviation.instance
where deviation.rule = $rule and ($plant is null or deviation.plant = $plant)
order by deviation.at desc, deviation.name
limit $most
