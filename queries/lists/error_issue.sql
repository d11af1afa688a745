/*
title = "Error issues"
definition = "What keeps failing in integrations: failures of one flow whose texts say the same, as one line. Since when and until when, how often, the last seven days (recent_count) against the seven before (before_count), the plants it hits, and the records of runs that have not succeeded since with what waits for them; the most stuck runs first, then the newest. regressed_at: when it came back after two quiet weeks, or with another version of its source. An order that waits for two stuck records counts with both. hits: the plants it hits, whatever `plant` is asked for; is_elsewhere: it hits plants that the reader does not see, or has runs of no plant."
*/
-- Who sees all plants reads the line over all of them, who sees some adds theirs up.
with
issue as (
    select
        issue,
        source,
        instance,
        any_value(flow_key) as flow_key,
        arg_max(flow_name, last_seen_at) as flow_name,
        any_value(error_code) as error_code,
        arg_max(failure_class, last_seen_at) as failure_class,
        any_value(pattern) as pattern,
        arg_max(example, last_seen_at) as example,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at,
        sum(run_count)::bigint as run_count,
        sum(stuck_run_count)::bigint as stuck_run_count,
        sum(recent_count)::bigint as recent_count,
        sum(before_count)::bigint as before_count,
        if(count(*) = 1, any_value(trend), null) as trend,
        string_agg(plants, ', ' order by plants) as plants,
        sum(plant_count)::bigint as plant_count,
        max(regressed_at) as regressed_at,
        arg_max(regression, regressed_at) as regression,
    from agg_error_issue
    where plant is not distinct from $plant
        or ($plant is null and not exists (select 1 from agg_error_issue where plant is null))
    group by issue, source, instance
),

-- All places that this reader sees.
hit as (
    select
        issue,
        list(plant order by plant) filter (where plant <> '(none)') as hits,
        any_value(place_count) as place_count,
    from agg_error_issue
    where plant is not null
    group by issue
),

stuck as (
    select distinct
        run.issue,
        run.record_instance,
        record.odoo_model,
        record.odoo_res_id,
    from fct_error_issue_run as run
    inner join fct_integration_record as record on record.event_key = run.event_key
    where run.is_stuck and ($plant is null or coalesce(run.plant, '(none)') = $plant)
),

behind as (
    select
        stuck.issue,
        count(*) as stuck_record_count,
        sum(held_up.amount) as held_up_amount,
        any_value(held_up.currency) as held_up_currency,
    from stuck
    left join fct_held_up as held_up
        on held_up.instance = stuck.record_instance
        and held_up.record_model = stuck.odoo_model
        and held_up.record_id = stuck.odoo_res_id
    group by stuck.issue
)

select
    issue.*,
    coalesce(hit.hits, []) as hits,
    hit.place_count > len(coalesce(hit.hits, [])) as is_elsewhere,
    coalesce(behind.stuck_record_count, 0) as stuck_record_count,
    behind.held_up_amount,
    behind.held_up_currency,
from issue
left join hit on hit.issue = issue.issue
left join behind on behind.issue = issue.issue
order by issue.stuck_run_count desc, issue.last_seen_at desc, issue.issue
