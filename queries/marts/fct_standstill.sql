/*
grain = "one row per kind of standstill and record that stands still now: how long against what is usual, and which orders it puts at risk"
key = ["kind", "instance", "record_model", "record_id"]
person = ["responsible"]
*/
-- usual_seconds: within it 85 % of the cases of the kind and plant ended (agg_usual_time); age_ratio 1.0 is slower than 85 %.
-- at_risk_amount: of each end of a chain of orders that waits and is due within seven days, or late already, its value times
-- the chance that the record stands still on that day: the share of cases that lasted until then, of those that lasted as
-- long as this one has (Kaplan-Meier). The chance is one where the order is late already, where no case of the kind lasted
-- as long, and where too few cases are known to say (usual_seconds and usual_case_count are null). What must be done after
-- the record moves on is not counted. chance: at_risk_amount as a share
-- of what is due soon.
with
standing as (
    select
        kind,
        instance,
        record_model,
        record_id,
        any_value(name) as name,
        any_value(plant) as plant,
        any_value(workflow) as workflow,
        if(count(distinct product) > 1, count(distinct product) || ' products', min(product)) as product,
        any_value(work_center) as work_center,
        arg_min(responsible, stuck_at) as responsible,
        string_agg(distinct role, ', ' order by role) as role,
        min(stuck_at) as stuck_at,
        epoch($as_of - min(stuck_at)) as age_seconds,
        any_value(about_instance) as about_instance,
        any_value(about_model) as about_model,
        any_value(about_id) as about_id,
        any_value(timeline_model) as timeline_model,
        any_value(timeline_id) as timeline_id,
    from fct_stuck
    where ended_at is null
    group by kind, instance, record_model, record_id
),

ended_by as (
    select
        kind,
        plant,
        seconds,
        max(percent) as percent,
    from agg_usual_time
    group by kind, plant, seconds
),

aged as (
    select
        standing.*,
        known.case_count as usual_case_count,
        usual.seconds as usual_seconds,
        standing.age_seconds / nullif(usual.seconds, 0) as age_ratio,
        coalesce(ended_by.percent, 0) as percent_ended,
    from standing
    left join agg_usual_time as known
        on known.kind = standing.kind and known.plant = standing.plant and known.percent = 1
    left join agg_usual_time as usual
        on usual.kind = standing.kind and usual.plant = standing.plant and usual.percent = 85
    asof left join ended_by
        on ended_by.kind = standing.kind
        and ended_by.plant = standing.plant
        and ended_by.seconds <= standing.age_seconds
),

due as (
    select
        aged.*,
        held.due_at,
        held.is_end,
        held.reporting_amount,
        aged.age_seconds + epoch(held.due_at - $as_of) as due_age_seconds,
    from aged
    inner join fct_held_up_order as held
        on held.instance = aged.about_instance
        and held.holder_model = aged.about_model
        and held.holder_id = aged.about_id
    where held.is_due_soon
),

judged as (
    select
        due.*,
        case
            when due.due_at <= $as_of or due.usual_case_count is null then 1
            else (100 - coalesce(ended_by.percent, 0)) / (100 - due.percent_ended)
        end as chance,
    from due
    asof left join ended_by
        on ended_by.kind = due.kind
        and ended_by.plant = due.plant
        and ended_by.seconds <= due.due_age_seconds
),

risk as (
    select
        kind,
        instance,
        record_model,
        record_id,
        sum(reporting_amount * chance) filter (where is_end) as at_risk_amount,
        coalesce(at_risk_amount / nullif(sum(reporting_amount) filter (where is_end), 0), max(chance)) as chance,
        count(*) filter (where is_end and reporting_amount is null) as unvalued_count,
    from judged
    group by kind, instance, record_model, record_id
)

select
    aged.* exclude (percent_ended),
    coalesce(held_up.waiting_count, 0) as waiting_count,
    coalesce(held_up.due_soon_count, 0) as due_soon_count,
    held_up.first_due_at,
    held_up.amount as held_up_amount,
    held_up.currency as held_up_currency,
    held_up.due_soon_amount,
    risk.at_risk_amount,
    risk.chance,
    coalesce(risk.unvalued_count, 0) as unvalued_count,
from aged
left join fct_held_up as held_up
    on held_up.instance = aged.about_instance
    and held_up.record_model = aged.about_model
    and held_up.record_id = aged.about_id
left join risk
    on risk.kind = aged.kind
    and risk.instance = aged.instance
    and risk.record_model = aged.record_model
    and risk.record_id = aged.record_id
