/*
grain = "one row per issue and plant it hit ((none): runs of no plant), and one for all plants together (plant null)"
key = ["issue", "plant"]
person = ["pattern", "example"]
*/
-- An issue is what failures of one flow have in common (queries/fingerprint.py). The trend compares the last seven days
-- with the seven before: more or less where the difference is beyond what chance gives to two counts of one rate in 99 of
-- 100 cases. It is a regression where it came back after 14 days without a failure, or with another version of its
-- source.
with
placed as (
    select
        *,
        null::varchar as in_plant,
    from fct_error_issue_run
    union all
    select
        *,
        coalesce(plant, '(none)') as in_plant,
    from fct_error_issue_run
),

followed as (
    select
        *,
        epoch(failed_at - max(last_failed_at) over earlier) / 86400 as quiet_days,
        last_value(source_version ignore nulls) over earlier as earlier_version,
    from placed
    window earlier as (
        partition by issue, in_plant order by failed_at, event_key rows between unbounded preceding and 1 preceding
    )
),

returned as (
    select
        issue,
        in_plant,
        max(failed_at) as regressed_at,
        arg_max(
            concat_ws(
                ', ',
                if(quiet_days >= 14, 'after ' || floor(quiet_days)::bigint || ' quiet days', null),
                if(source_version <> earlier_version, 'with version ' || source_version, null)
            ),
            failed_at
        ) as regression,
    from followed
    where quiet_days >= 14 or source_version <> earlier_version
    group by issue, in_plant
),

counted as (
    select
        placed.issue,
        placed.in_plant,
        any_value(event.source) as source,
        any_value(event.instance) as instance,
        any_value(coalesce(event.flow_key, event.flow_name)) as flow_key,
        arg_max(event.flow_name, (placed.failed_at, event.event_key)) as flow_name,
        any_value(coalesce(event.error_code, event.failure_class)) as error_code,
        arg_max(event.failure_class, (placed.failed_at, event.event_key)) as failure_class,
        any_value(placed.pattern) as pattern,
        arg_max(event.error_text, (placed.failed_at, event.event_key)) as example,
        min(placed.failed_at) as first_seen_at,
        max(placed.last_failed_at) as last_seen_at,
        count(*) as run_count,
        count(*) filter (where placed.is_stuck) as stuck_run_count,
        count(*) filter (where placed.failed_at > $as_of - interval 7 day) as recent_count,
        count(*) filter (
            where placed.failed_at > $as_of - interval 14 day and placed.failed_at <= $as_of - interval 7 day
        ) as before_count,
        count(distinct placed.plant) as plant_count,
        string_agg(distinct placed.plant, ', ' order by placed.plant) as plants,
    from placed
    inner join fct_integration_event as event on event.event_key = placed.event_key
    group by placed.issue, placed.in_plant
)

select
    counted.issue,
    counted.in_plant as plant,
    counted.* exclude (issue, in_plant),
    case
        when counted.recent_count + counted.before_count = 0 then 'quiet'
        when counted.first_seen_at > $as_of - interval 7 day then 'new'
        when abs(counted.recent_count - counted.before_count)
            > 2.575829 * sqrt(counted.recent_count + counted.before_count)
            then if(counted.recent_count > counted.before_count, 'more', 'less')
        else 'as before'
    end as trend,
    returned.regressed_at,
    returned.regression,
    -- In how many plants, and (none), it is; to be told to who sees some of them.
    count(*) filter (where counted.in_plant is not null) over (partition by counted.issue) as place_count,
from counted
left join returned on returned.issue = counted.issue and returned.in_plant is not distinct from counted.in_plant
