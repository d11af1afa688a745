/*
title = "What checks found"
definition = "The records that failed checks name, at most a thousand of each."
*/
select
    check_failure.check_name,
    check_result.title,
    check_result.severity,
    check_failure.record_model,
    check_failure.record_id,
    check_failure.name,
    check_failure.plant,
    check_failure.detail,
    check_result.remedy,
    odoo_url(url, version, record_model, record_id) as record_url,
from check_failure
inner join check_result on check_result.name = check_failure.check_name
left join odoo_instance using (instance)
where coalesce($check, check_failure.check_name) = check_failure.check_name
order by check_result.severity, check_failure.check_name, check_failure.plant nulls last, check_failure.record_id
