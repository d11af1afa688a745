/*
grain = "one row per workflow, plant and step of approval (whoever may decide it): how people decided in the last 26 weeks, what waits for them now, and what that says in a word"
key = ["workflow", "plant", "mechanism", "approver_group"]
*/
-- The group is the tier (OCA) or the role that Odoo asks (double validation). Decisions by machines are left out. Shares
-- carry Wilson's interval (1927). The word, from 20 decisions on:
--   rubber stamp  more than half (lower end) are decided within [approval] quick of being asked for, or in a burst: three or
--                 more by one person within a minute
--   overloaded    more than a quarter (lower end) of what fell due is decided past its limit or still open, or at least
--                 five steps wait per approver, and more than the group decides in a week
--   one person    nine of ten are decided by one person: nobody takes over
with
asked as (
    select
        *,
        step_name as approver_group,
    from fct_approval
    where plant is not null
),

decided as (
    select
        *,
        pending_at as started_at,
        closed_at as ended_at,
    from asked
    where outcome in ('approved', 'rejected')
        and closed_at >= $as_of - interval 182 day
        and coalesce(approver_kind, 'human') in ('human', 'external')
),

changed as (
    select distinct decided.approval_id
    from decided
    inner join (
        select
            instance,
            record_model,
            record_id,
            event_at,
        from fct_event
        where recorded_by = 'tracking' and field is distinct from 'state' and event_at >= $as_of - interval 364 day
    ) as event
        on event.instance = decided.instance
        and event.record_model = decided.record_model
        and event.record_id = decided.record_id
        and event.event_at > decided.pending_at
        and event.event_at < decided.closed_at
),

clocked as (
    select *
    from with_clocks('decided', 'dim_calendar', $as_of)
),

decision as (
    select
        clocked.*,
        changed.approval_id is null as is_untouched,
        if(pending_at is null, null, clocked.elapsed_seconds <= limits.quick_seconds) as is_quick,
        coalesce(
            least(
                epoch(closed_at - lag(closed_at, 2) over person),
                epoch(lead(closed_at, 2) over person - closed_at),
                epoch(lead(closed_at) over person - lag(closed_at) over person)
            ) <= 60,
            false
        ) as is_burst,
    from clocked
    cross join cfg_approval as limits
    left join changed on changed.approval_id = clocked.approval_id
    window person as (partition by clocked.instance, clocked.approver_id order by closed_at, clocked.approval_id)
),

person as (
    select
        workflow,
        plant,
        mechanism,
        approver_group,
        max(decision_count) as busiest_count,
        count(approver_id) as approver_count,
    from (
        select
            workflow,
            plant,
            mechanism,
            approver_group,
            instance,
            approver_id,
            count(*) as decision_count,
        from decision
        group by all
    )
    group by workflow, plant, mechanism, approver_group
),

waiting as (
    select
        workflow,
        plant,
        mechanism,
        approver_group,
        count(*) filter (where outcome = 'open' and pending_at is not null) as open_count,
        count(*) filter (
            where due_at <= $as_of and (outcome = 'open' or closed_at >= $as_of - interval 182 day)
        ) as due_count,
        count(*) filter (
            where due_at <= $as_of
                and (outcome = 'open' or (closed_at >= $as_of - interval 182 day and closed_at > due_at))
        ) as late_count,
    from asked
    where outcome in ('open', 'approved', 'rejected')
    group by workflow, plant, mechanism, approver_group
),

-- Days on which the plant works, in its own time, and on which a step waited from the day before.
working_day as (
    select distinct
        dim_calendar.plant,
        (open_from at time zone 'UTC' at time zone dim_plant.timezone)::date as day,
    from dim_calendar
    inner join dim_plant on dim_plant.instance = dim_calendar.instance and dim_plant.plant = dim_calendar.plant
    where open_from >= $as_of - interval 182 day and open_to < $as_of
),

local as (
    select
        asked.workflow,
        asked.plant,
        asked.mechanism,
        asked.approver_group,
        (pending_at at time zone 'UTC' at time zone dim_plant.timezone)::date as pending_on,
        (coalesce(closed_at, $as_of) at time zone 'UTC' at time zone dim_plant.timezone)::date as closed_on,
        outcome in ('approved', 'rejected') as is_decided,
    from asked
    inner join dim_plant on dim_plant.instance = asked.instance and dim_plant.plant = asked.plant
    where pending_at is not null and coalesce(closed_at, $as_of) >= $as_of - interval 182 day
),

waiting_day as (
    select distinct
        workflow,
        plant,
        mechanism,
        approver_group,
        unnest(
            generate_series(greatest(pending_on + 1, ($as_of - interval 182 day)::date), closed_on, interval 1 day)
        )::date as day,
    from local
),

decided_day as (
    select distinct
        workflow,
        plant,
        mechanism,
        approver_group,
        closed_on as day,
    from local
    where is_decided
),

hole as (
    select
        waiting_day.workflow,
        waiting_day.plant,
        waiting_day.mechanism,
        waiting_day.approver_group,
        count(*) as waiting_day_count,
        count(*) filter (where decided_day.day is null) as hole_count,
    from waiting_day
    inner join working_day on working_day.plant = waiting_day.plant and working_day.day = waiting_day.day
    left join decided_day
        on decided_day.workflow = waiting_day.workflow
        and decided_day.plant = waiting_day.plant
        and decided_day.mechanism = waiting_day.mechanism
        and decided_day.approver_group = waiting_day.approver_group
        and decided_day.day = waiting_day.day
    group by waiting_day.workflow, waiting_day.plant, waiting_day.mechanism, waiting_day.approver_group
),

counted as (
    select
        workflow,
        plant,
        mechanism,
        approver_group,
        count(*) as decision_count,
        count(*) filter (where outcome = 'rejected') as rejected_count,
        median(elapsed_seconds) filter (where pending_at is not null) as median_seconds,
        median(working_seconds) as median_working_seconds,
        count(is_quick) as timed_count,
        count(*) filter (where is_quick) as quick_count,
        count(*) filter (where is_burst) as burst_count,
        count(*) filter (where is_quick or is_burst) as hasty_count,
        count(*) filter (where pending_at is not null and is_untouched) as untouched_count,
    from decision
    group by workflow, plant, mechanism, approver_group
),

together as (
    select
        waiting.*,
        coalesce(counted.decision_count, 0) as decision_count,
        coalesce(counted.rejected_count, 0) as rejected_count,
        counted.median_seconds,
        counted.median_working_seconds,
        coalesce(counted.timed_count, 0) as timed_count,
        counted.quick_count / nullif(counted.timed_count, 0) as quick_share,
        counted.burst_count / counted.decision_count as burst_share,
        counted.hasty_count / counted.decision_count as hasty_share,
        counted.untouched_count / nullif(counted.timed_count, 0) as untouched_share,
        waiting.late_count / nullif(waiting.due_count, 0) as late_share,
        person.busiest_count / counted.decision_count as busiest_share,
        coalesce(person.approver_count, 0) as approver_count,
        waiting.open_count / person.approver_count as open_per_approver,
        coalesce(hole.waiting_day_count, 0) as waiting_day_count,
        coalesce(hole.hole_count, 0) as hole_count,
    from waiting
    left join counted using (workflow, plant, mechanism, approver_group)
    left join person using (workflow, plant, mechanism, approver_group)
    left join hole using (workflow, plant, mechanism, approver_group)
)

select
    workflow,
    plant,
    mechanism,
    approver_group,
    decision_count,
    rejected_count,
    approver_count,
    median_seconds,
    median_working_seconds,
    timed_count,
    quick_share,
    wilson_low(quick_share, timed_count) as quick_share_low,
    wilson_high(quick_share, timed_count) as quick_share_high,
    burst_share,
    hasty_share,
    wilson_low(hasty_share, decision_count) as hasty_share_low,
    wilson_high(hasty_share, decision_count) as hasty_share_high,
    untouched_share,
    wilson_low(untouched_share, timed_count) as untouched_share_low,
    wilson_high(untouched_share, timed_count) as untouched_share_high,
    due_count,
    late_share,
    wilson_low(late_share, due_count) as late_share_low,
    wilson_high(late_share, due_count) as late_share_high,
    open_count,
    open_per_approver,
    busiest_share,
    waiting_day_count,
    hole_count,
    case
        when decision_count < 20 then 'too few to judge'
        when wilson_low(hasty_share, decision_count) > 0.5 then 'rubber stamp'
        when wilson_low(late_share, due_count) > 0.25 then 'overloaded'
        when open_per_approver >= 5 and open_count > decision_count / 26 then 'overloaded'
        when busiest_share >= 0.9 then 'one person'
        else 'ordinary'
    end as verdict,
    case
        when decision_count < 20
            then decision_count || if(decision_count = 1, ' decision', ' decisions') || ' by people in 26 weeks; 20 are needed'
        when timed_count = 0 then 'how long they took cannot be told: when a step''s turn came is not known'
    end as reason,
from together
