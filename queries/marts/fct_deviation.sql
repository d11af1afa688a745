/*
grain = "one row per case and process rule it breaks: when it first did, how often, how much longer the case took than conforming ones, and what is at stake"
key = ["instance", "record_model", "record_id", "rule"]
*/
-- A missing step is a deviation once the case is completed; everything else from the moment it happens.
-- delay_seconds: of completed cases, the lead time (creation to end) beyond the median of the completed cases of the same
-- workflow and plant that break no rule; less than nothing where the case was faster. That median stands beside it, with
-- how many cases it is of and two of their lead times around it, from which queries/conformance.py makes an interval.
-- amount, in the reporting currency: what an open order holds up; else a purchase order's amount or what a production
-- order cost, at the rate of the day of the deviation. Of what was cancelled nothing is at stake.
with
rule as (
    select
        rule,
        workflow,
        kind,
        relation,
        activities,
        others,
        min(at_most) as at_most,
    from dim_process_rule
    group by rule, workflow, kind, relation, activities, others
),

-- Ways are judged once and not case by case: where in its way (the order of activities) a rule finds what it is about.
way as (
    select distinct
        workflow,
        variant,
    from fct_case
    where variant is not null and workflow in (select workflow from rule)
),

step as (
    select
        workflow,
        variant,
        string_split(variant, ' > ') as steps,
    from way
),

found as (
    select
        step.workflow,
        step.variant,
        rule.rule,
        rule.kind,
        rule.relation,
        rule.at_most,
        list_filter(range(1, len(step.steps) + 1), lambda place: list_contains(rule.activities, step.steps[place]))
            as places,
        list_filter(range(1, len(step.steps) + 1), lambda place: list_contains(rule.others, step.steps[place]))
            as other_places,
    from step
    inner join rule on rule.workflow = step.workflow
),

broken_way as (
    select
        workflow,
        variant,
        rule,
        len(places) as times,
    from found
    where case kind
        when 'missing' then len(places) = 0
        when 'too often' then len(places) > at_most
        when 'out of sequence' then places[1] > other_places[1]
        when 'excluded' then
            case relation
                when 'after' then places[-1] > other_places[1]
                when 'with' then len(places) > 0 and len(other_places) > 0
                else len(places) > 0
            end
    end
),

broken as (
    select
        document.*,
        line,
    from fct_case as document
    inner join broken_way
        on broken_way.workflow = document.workflow and broken_way.variant = document.variant
    inner join dim_process_rule as line
        on line.rule = broken_way.rule and line.plant is not distinct from document.plant
    left join dim_exchange_rate as exchange
        on exchange.instance = document.instance
        and exchange.currency = document.currency
        and exchange.valid_from <= document.started_at::date
        and coalesce(document.started_at::date < exchange.valid_to, true)
    where (line.kind <> 'missing' or document.outcome = 'completed')
        and (line.kind <> 'too often' or broken_way.times > line.at_most)
        and (len(line.product_families) = 0 or list_contains(line.product_families, document.product_family))
        and (
            len(line.products) = 0
            or list_has_any(line.products, [document.product, split_part(document.product, '] ', -1)])
        )
        and (line.from_amount is null or document.amount * exchange.rate >= line.from_amount)
),

-- What happened in these cases, and how often it and what it is measured against had happened by then.
happened as (
    select
        broken.instance,
        broken.record_model,
        broken.record_id,
        broken.line,
        event.event_id,
        event.event_at,
        event.activity,
        list_contains(broken.line.activities, event.activity) as is_own,
        count(*) filter (where is_own) over following as times,
        count(*) filter (where not is_own) over following as other_times,
        count(*) filter (where not is_own) over whole as all_other_times,
    from broken
    inner join (
        select
            instance,
            record_model,
            record_id,
            event_id,
            event_at,
            rank,
            activity,
        from fct_event
        where rank < 90 and activity in (select unnest(activities || others) from rule)
    ) as event
        on event.instance = broken.instance
        and event.record_model = broken.record_model
        and event.record_id = broken.record_id
        and list_contains(broken.line.activities || broken.line.others, event.activity)
    window
        whole as (partition by broken.instance, broken.record_model, broken.record_id, broken.line.rule),
        following as (
            partition by broken.instance, broken.record_model, broken.record_id, broken.line.rule
            order by event.event_at, event.rank, event.activity
            rows between unbounded preceding and current row
        )
),

deviating_event as (
    select
        instance,
        record_model,
        record_id,
        line.rule as rule,
        event_id,
        event_at,
        activity,
    from happened
    where case line.kind
        when 'too often' then is_own and times > line.at_most
        when 'out of sequence' then not is_own and times = 0
        when 'excluded' then
            is_own and (line.relation = '' or (line.relation = 'with' and all_other_times > 0) or other_times > 0)
    end
),

occurrence as (
    select
        instance,
        record_model,
        record_id,
        rule,
        min(event_at) as at,
        arg_min(activity, event_at) as activity,
        count(*) as times,
    from deviating_event
    group by instance, record_model, record_id, rule
),

touched as (
    select
        instance,
        record_model,
        record_id,
        count(distinct event_id) as event_count,
    from deviating_event
    group by instance, record_model, record_id
),

conforming_case as (
    select
        workflow,
        plant,
        list_sort(list(epoch(ended_at - started_at))) as seconds,
        len(seconds) as n,
        greatest(1, round((n + 1) / 2 - sqrt(n)))::bigint as place,
    from fct_case as document
    anti join broken
        on broken.instance = document.instance
        and broken.record_model = document.record_model
        and broken.record_id = document.record_id
    where outcome = 'completed' and ended_at >= started_at and workflow in (select workflow from rule)
    group by workflow, plant
),

conforming as (
    select
        workflow,
        plant,
        n,
        list_median(seconds) as median_seconds,
        seconds[place] as low_seconds,
        seconds[n + 1 - place] as high_seconds,
    from conforming_case
),

told as (
    select
        broken.*,
        if(broken.line.kind = 'missing', broken.ended_at, occurrence.at) as at,
        occurrence.activity,
        if(broken.line.kind = 'missing', 1, occurrence.times) as times,
        coalesce(touched.event_count, 0) as deviating_event_count,
    from broken
    left join occurrence
        on occurrence.instance = broken.instance
        and occurrence.record_model = broken.record_model
        and occurrence.record_id = broken.record_id
        and occurrence.rule = broken.line.rule
    left join touched
        on touched.instance = broken.instance
        and touched.record_model = broken.record_model
        and touched.record_id = broken.record_id
),

valued as (
    select
        told.instance,
        told.record_model,
        told.record_id,
        told.name,
        told.workflow,
        told.plant,
        told.company,
        told.product,
        told.product_family,
        told.vendor,
        told.line.rule as rule,
        told.line.kind as kind,
        coalesce(told.activity, array_to_string(told.line.activities, ' or ')) as activity,
        told.line.definition as definition,
        told.line.weight as weight,
        told.line.owner as owner,
        told.at,
        told.times,
        told.deviating_event_count,
        told.started_at,
        told.ended_at,
        told.outcome,
        told.is_open,
        if(told.outcome = 'completed' and told.ended_at >= told.started_at, epoch(told.ended_at - told.started_at), null)
            as lead_seconds,
        lead_seconds - conforming.median_seconds as delay_seconds,
        coalesce(conforming.n, 0) as conforming_count,
        conforming.median_seconds as conforming_seconds,
        conforming.low_seconds as conforming_low_seconds,
        conforming.high_seconds as conforming_high_seconds,
        case
            when told.outcome in ('open', 'completed') then
                coalesce(
                    if(told.is_open, held_up.amount, null),
                    coalesce(told.amount, cost.actual_amount, cost.standard_amount) * exchange.rate
                )
        end as amount,
        coalesce(exchange.reporting_currency, held_up.currency) as known_currency,
    from told
    left join conforming
        on conforming.workflow = told.workflow and conforming.plant is not distinct from told.plant
    left join fct_held_up as held_up
        on held_up.instance = told.instance
        and held_up.record_model = told.record_model
        and held_up.record_id = told.record_id
    left join fct_production_cost as cost
        on cost.instance = told.instance and cost.record_model = told.record_model and cost.record_id = told.record_id
    left join dim_exchange_rate as exchange
        on exchange.instance = told.instance
        and exchange.currency = coalesce(told.currency, cost.currency)
        and exchange.valid_from <= told.at::date
        and coalesce(told.at::date < exchange.valid_to, true)
)

select
    * exclude (known_currency),
    if(amount is null, null, known_currency) as currency,
from valued
