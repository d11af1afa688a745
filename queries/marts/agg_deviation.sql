/*
grain = "one row per process rule and plant in which it holds: how many cases it is about, how many break it, how much longer those took, and what is at stake"
key = ["rule", "plant"]
*/
-- median_seconds and what stands around it are of lead times: of the completed cases that break the rule, and of those of
-- the workflow and plant that break none. low and high are two of these lead times, of which the interval is made.
with
threshold as (
    select coalesce(list(distinct from_amount), []) as amounts
    from dim_process_rule
    where from_amount is not null
),

-- Cases alike to all rules are counted once, by the highest of the amounts from which a rule holds that they reach.
alike as (
    select
        document.workflow,
        document.plant,
        document.product_family,
        document.product,
        document.outcome = 'completed' as is_completed,
        list_max(list_filter(threshold.amounts, lambda least: least <= document.amount * exchange.rate)) as reached,
        count(*) as case_count,
    from fct_case as document
    cross join threshold
    left join dim_exchange_rate as exchange
        on exchange.instance = document.instance
        and exchange.currency = document.currency
        and exchange.valid_from <= document.started_at::date
        and coalesce(document.started_at::date < exchange.valid_to, true)
    where document.variant is not null
    group by all
),

concerned as (
    select
        rule.*,
        sum(alike.case_count)::bigint as concerned_count,
    from dim_process_rule as rule
    inner join alike
        on alike.workflow = rule.workflow and alike.plant is not distinct from rule.plant
    where (rule.kind <> 'missing' or alike.is_completed)
        and (len(rule.product_families) = 0 or list_contains(rule.product_families, alike.product_family))
        and (
            len(rule.products) = 0
            or list_has_any(rule.products, [alike.product, split_part(alike.product, '] ', -1)])
        )
        and (rule.from_amount is null or alike.reached >= rule.from_amount)
    group by all
),

deviating as (
    select
        rule,
        plant,
        count(*) as case_count,
        count(*) filter (where is_open) as open_count,
        sum(times)::bigint as times,
        sum(try_cast(amount as decimal(38, 6)))::double as amount,
        count(amount) as amount_count,
        any_value(currency) as currency,
        list_sort(list(lead_seconds) filter (where lead_seconds is not null)) as seconds,
        len(seconds) as completed_count,
        greatest(1, round((completed_count + 1) / 2 - sqrt(completed_count)))::bigint as place,
        any_value(conforming_count) as conforming_count,
        any_value(conforming_seconds) as conforming_seconds,
        any_value(conforming_low_seconds) as conforming_low_seconds,
        any_value(conforming_high_seconds) as conforming_high_seconds,
        min(fct_deviation.at) as first_at,
        max(fct_deviation.at) as last_at,
    from fct_deviation
    group by rule, plant
)

select
    concerned.rule,
    concerned.plant,
    concerned.workflow,
    concerned.kind,
    concerned.definition,
    concerned.weight,
    concerned.owner,
    concerned.concerned_count,
    coalesce(deviating.case_count, 0) as case_count,
    coalesce(deviating.open_count, 0) as open_count,
    coalesce(deviating.times, 0) as times,
    deviating.first_at,
    deviating.last_at,
    deviating.amount,
    coalesce(deviating.amount_count, 0) as amount_count,
    deviating.currency,
    coalesce(deviating.completed_count, 0) as completed_count,
    list_median(deviating.seconds) as median_seconds,
    deviating.seconds[deviating.place] as low_seconds,
    deviating.seconds[deviating.completed_count + 1 - deviating.place] as high_seconds,
    deviating.conforming_count,
    deviating.conforming_seconds,
    deviating.conforming_low_seconds,
    deviating.conforming_high_seconds,
from concerned
left join deviating
    on deviating.rule = concerned.rule and deviating.plant is not distinct from concerned.plant
