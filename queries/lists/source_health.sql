/*
title = "Sources"
definition = "Every source of every Odoo and of what stands beside it: rows, age, what is missing and what that costs."
*/
select
    state.instance,
    state.source,
    source.model,
    case
        when state.problem is not null then 'not read'
        when state.absent then 'absent'
        when state.refused then 'no right'
        when len(state.missing_fields) > 0 then 'field missing'
        when state.read_at < $as_of - interval 26 hour then 'stale'
        else 'ok'
    end as status,
    state.row_count,
    counted.odoo_count,
    counted.rows_apart,
    counted.came_meanwhile,
    counted.went_meanwhile,
    counted.is_explained,
    state.read_at as last_read_at,
    state.read_rows as rows_read,
    state.new_rows as rows_new,
    state.changed_rows as rows_changed,
    state.closed_rows as rows_closed,
    array_to_string(state.missing_fields, ', ') as missing_fields,
    state.problem,
    case
        when state.problem is not null or state.absent or state.refused or len(state.missing_fields) > 0
            then source.without
    end as cost,
    array_to_string(source.kpis, ', ') as kpis,
from (
    select * from source_state
    union all by name
    (select null::varchar as problem limit 0)  -- what was published before has no such column
) as state
inner join source on source.source = state.source
left join (
    select
        instance,
        source,
        sum(odoo_count)::bigint as odoo_count,
        sum(abs(warehouse_count - odoo_count))::bigint as rows_apart,
        any_value(came) as came_meanwhile,
        any_value(went) as went_meanwhile,
        sum(warehouse_count - odoo_count) = coalesce(any_value(went) - any_value(came), 0) as is_explained,
    from reconciliation
    group by instance, source
) as counted on counted.instance = state.instance and counted.source = state.source
order by state.problem is null, state.absent desc, state.refused desc, state.instance, state.source
