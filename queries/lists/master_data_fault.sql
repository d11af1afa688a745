/*
title = "Master data to be cleaned"
definition = "The records that checks about master data name, each with the open orders that need it, what these are worth, and what went wrong with it in the last 26 weeks: in its plant, or in the chosen plants (none: all) where it belongs to none. What costs most comes first."
*/
with
fault as (
    select
        check_failure.*,
        check_result.title,
        check_result.severity,
        check_result.owner,
        check_result.remedy,
    from check_failure
    inner join check_result on check_result.name = check_failure.check_name
    where check_result.about = 'master data'
),

used as (
    select
        fault.check_name,
        fault.instance,
        fault.record_model,
        fault.record_id,
        fault.plant,
        list(use.plant order by use.plant) as used_in,
        sum(use.open_count)::bigint as open_count,
        sum(use.valued_count)::bigint as valued_count,
        sum(use.amount) as amount,
        any_value(use.currency) as currency,
        sum(use.short_count)::bigint as short_count,
        sum(use.due_count)::bigint as due_count,
        sum(use.late_count)::bigint as late_count,
    from fault
    inner join agg_master_data_use as use
        on use.instance = fault.instance
        and use.record_model = fault.record_model
        and use.record_id = fault.record_id
        and use.plant = coalesce(fault.plant, use.plant)
    where len($plants::varchar[]) = 0 or list_contains($plants::varchar[], use.plant)
    group by fault.check_name, fault.instance, fault.record_model, fault.record_id, fault.plant
)

select
    fault.check_name,
    fault.title,
    fault.severity,
    fault.owner,
    fault.remedy,
    fault.instance,
    fault.record_model,
    fault.record_id,
    fault.name,
    fault.plant,
    fault.detail,
    used.used_in,
    coalesce(used.open_count, 0) as open_count,
    coalesce(used.valued_count, 0) as valued_count,
    used.amount,
    used.currency,
    coalesce(used.short_count, 0) as short_count,
    coalesce(used.due_count, 0) as due_count,
    coalesce(used.late_count, 0) as late_count,
    odoo_url(odoo_instance.url, odoo_instance.version, fault.record_model, fault.record_id) as record_url,
from fault
left join used
    on used.check_name = fault.check_name
    and used.instance = fault.instance
    and used.record_model = fault.record_model
    and used.record_id = fault.record_id
    and used.plant is not distinct from fault.plant
left join odoo_instance on odoo_instance.instance = fault.instance
where len($plants::varchar[]) = 0
    or list_contains($plants::varchar[], fault.plant)
    or (fault.plant is null and used.used_in is not null)
order by
    used.amount desc nulls last, used.open_count desc nulls last, used.short_count desc nulls last, fault.check_name,
    fault.record_id
