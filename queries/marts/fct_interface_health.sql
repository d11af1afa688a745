/*
grain = "one row per interface: how it is, and why"
key = ["interface_key"]
*/
-- Whether an interface is silent is told by ops.toml, or else by its own eight weeks before its last run: an hour of the
-- week in which it ran in all of them is rarely one without a run. It is silent once so many such hours have passed that
-- less than one silence in five hundred would be that long by chance: three for what runs every hour. Hours in which its
-- plant is closed although it usually is open then (a holiday) do not count.
with
interface as (
    select
        dim_interface.*,
        least(coalesce(state.read_at, $as_of), $as_of) as read_at,
        least(8, epoch(last_run_at - first_run_at) // 604800)::bigint as week_count,
    from dim_interface
    left join source_state as state
        on state.instance = dim_interface.instance and state.source = replace(dim_interface.record_model, '.', '_')
),

run as (
    select
        run.*,
        coalesce(run.started_at, run.created_at, run.ended_at) as run_at,
        coalesce(if(run.has_failed, run.first_failed_at, null), run.ended_at) as outcome_at,
        interface.read_at,
        interface.last_run_at,
        interface.week_count,
    from fct_integration_transaction as run
    inner join interface on interface.interface_key = run.interface_key
),

counted as (
    select
        interface_key,
        max(succeeded_at) as last_success_at,
        max(first_failed_at) as last_failure_at,
        count(*) filter (where outcome_at > read_at - interval 1 day) as day_run_count,
        count(*) filter (where has_failed and outcome_at > read_at - interval 1 day) as day_failure_count,
        count(*) filter (where outcome_at > read_at - interval 7 day) as week_run_count,
        count(*) filter (where has_failed and outcome_at > read_at - interval 7 day) as week_failure_count,
        count(*) filter (where status = 'unknown' and first_seen_at > read_at - interval 7 day) as week_unknown_count,
        count(*) filter (where is_open and ready_at <= read_at) as waiting_count,
        count(*) filter (where is_open and stuck_at is not null) as stuck_count,
        count(*) filter (where is_dead_letter) as dead_letter_count,
        count(*) filter (where is_dead_letter and dead_at > read_at - interval 7 day) as week_dead_letter_count,
        min(dead_at) filter (where is_dead_letter) as oldest_dead_at,
        count(e2e_seconds) filter (where succeeded_at > read_at - interval 7 day) as week_success_count,
        quantile_cont(e2e_seconds, 0.5) filter (where succeeded_at > read_at - interval 7 day) as p50_seconds,
        quantile_cont(e2e_seconds, 0.95) filter (where succeeded_at > read_at - interval 7 day) as p95_seconds,
        quantile_cont(queue_seconds, 0.5) filter (where started_at > read_at - interval 7 day) as queue_p50_seconds,
        quantile_cont(queue_seconds, 0.95) filter (where started_at > read_at - interval 7 day) as queue_p95_seconds,
        quantile_cont(exec_seconds, 0.5) filter (where succeeded_at > read_at - interval 7 day) as exec_p50_seconds,
        quantile_cont(exec_seconds, 0.95) filter (where succeeded_at > read_at - interval 7 day) as exec_p95_seconds,
    from run
    group by interface_key
),

failed_since as (
    select
        run.interface_key,
        count(*) as failed_in_a_row,
    from run
    inner join counted on counted.interface_key = run.interface_key
    where run.has_failed and coalesce(run.first_failed_at > counted.last_success_at, true)
    group by run.interface_key
),

gap as (
    select
        interface_key,
        median(gap_seconds) as usual_gap_seconds,
    from (
        select
            interface_key,
            epoch(run_at - lag(run_at) over (partition by interface_key order by run_at)) as gap_seconds,
        from run
        where run_at > last_run_at - interval 56 day
    )
    group by interface_key
),

slot as (
    select
        interface_key,
        isodow(run_at) * 24 + hour(run_at) as slot,
        least(count(distinct date_trunc('hour', run_at)), any_value(week_count)) / (any_value(week_count) + 1) as chance,
    from run
    where week_count >= 2 and run_at > last_run_at - to_days(7 * week_count::integer)
    group by interface_key, isodow(run_at) * 24 + hour(run_at)
),

passed as (
    select
        interface_key,
        unnest(generate_series(
            date_trunc('hour', last_run_at) + interval 1 hour,
            least(read_at, last_run_at + interval 28 day) - interval 1 hour,
            interval 1 hour
        )) as hour_at,
    from interface
    where last_run_at is not null
),

-- Whether the plant is open then, and was in the eight weeks before.
opened as (
    select
        hour.plant,
        hour.hour_at,
        week.number,
        coalesce(calendar.open_to > hour.hour_at - to_days(7 * week.number) + interval 30 minute, false) as is_open,
    from (
        select distinct
            interface.plant,
            passed.hour_at,
        from passed
        inner join interface on interface.interface_key = passed.interface_key
        where interface.plant is not null
    ) as hour
    cross join (select unnest(range(9))::integer as number) as week
    asof left join dim_calendar as calendar
        on calendar.plant = hour.plant
        and calendar.open_from <= hour.hour_at - to_days(7 * week.number) + interval 30 minute
),

holiday as (
    select
        plant,
        hour_at,
    from opened
    group by plant, hour_at
    having not bool_or(is_open) filter (where number = 0) and avg(is_open::integer) filter (where number > 0) > 0.5
),

silence as (
    select
        passed.interface_key,
        exp(sum(ln(1 - slot.chance))) as chance,
        sum(slot.chance) as expected_count,
    from passed
    inner join slot
        on slot.interface_key = passed.interface_key
        and slot.slot = isodow(passed.hour_at) * 24 + hour(passed.hour_at)
    inner join interface on interface.interface_key = passed.interface_key
    where not exists (
        select 1 from holiday where holiday.plant = interface.plant and holiday.hour_at = passed.hour_at
    )
    group by passed.interface_key
),

judged as (
    select
        interface.* exclude (week_count),
        counted.* exclude (interface_key),
        coalesce(failed_since.failed_in_a_row, 0) as failed_in_a_row,
        gap.usual_gap_seconds,
        epoch(interface.read_at - interface.last_run_at) as silence_seconds,
        not interface.is_seen as is_never_seen,
        epoch($as_of - interface.read_at) > 6 * 3600 as is_not_read,
        case
            when interface.silent_after_seconds is not null then silence_seconds > interface.silent_after_seconds
            when interface.week_count >= 2 then coalesce(silence.chance < 0.002, false)
        end as is_silent,
        failed_in_a_row >= 3 or (failed_in_a_row >= 1 and coalesce(counted.week_success_count, 0) = 0) as is_failing,
        counted.week_failure_count >= 2
        and counted.week_failure_count > coalesce(interface.failure_share, 0.05) * counted.week_run_count
            as is_failing_often,
        coalesce(counted.p95_seconds > interface.latency_seconds, false) as is_slow,
    from interface
    left join counted on counted.interface_key = interface.interface_key
    left join failed_since on failed_since.interface_key = interface.interface_key
    left join gap on gap.interface_key = interface.interface_key
    left join silence on silence.interface_key = interface.interface_key
)

select
    * exclude (is_never_seen, is_not_read, is_failing_often),
    case
        when is_never_seen or is_not_read then 'unknown'
        when is_silent then 'silent'
        when is_failing then 'failing'
        when is_failing_often or week_dead_letter_count > 0 or stuck_count > 0 or is_slow then 'degraded'
        when last_success_at is null then 'unknown'
        else 'up'
    end as state,
    case
        when is_never_seen then 'no run was ever seen: compare its section in ops.toml with what runs'
        when is_not_read then 'it was last read ' || in_words(epoch($as_of - read_at)) || ' before'
        else concat_ws(
            '; ',
            if(is_silent, 'no run for ' || in_words(silence_seconds) || coalesce(
                ', expected every ' || in_words(silent_after_seconds),
                ', usual is one in ' || in_words(usual_gap_seconds), ''
            ), null),
            if(is_failing, if(failed_in_a_row = 1, 'the last run', 'the last ' || failed_in_a_row || ' runs')
                || ' failed', null),
            if(is_failing_often, week_failure_count || ' of ' || week_run_count || ' runs in 7 days failed', null),
            if(week_dead_letter_count > 0, week_dead_letter_count || ' given up in 7 days', null),
            if(stuck_count > 0, stuck_count || ' stuck or tried again', null),
            if(is_slow, '95 % are through in ' || in_words(p95_seconds) || ', which is more than '
                || in_words(latency_seconds), null),
            if(last_success_at is null, 'no success was ever seen', null),
            if(not coalesce(is_silent, false) and last_success_at is not null,
                'last success ' || in_words(epoch($as_of - last_success_at)) || ' ago', null)
        )
    end as reason,
from judged
