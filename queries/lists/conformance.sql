/*
title = "Conformance by workflow and plant"
definition = "Cases that ended since `since_at` in each workflow and plant with process rules: when the first of them ended, how many break none, and how many break only rules whose deviations were accepted there (`accepted`: rule and plant joined by a tab, no plant for all)."
*/
with
deviation as (
    select
        instance,
        record_model,
        record_id,
        bool_and(
            coalesce(
                list_contains($accepted::varchar[], rule || chr(9))
                or list_contains($accepted::varchar[], rule || chr(9) || plant),
                false
            )
        ) as is_accepted,
    from fct_deviation
    group by instance, record_model, record_id
)

select
    ended.workflow,
    ended.plant,
    count(*) as case_count,
    min(ended.ended_at)::date as first_on,
    count(*) filter (where deviation.record_id is null) as conforming_count,
    count(*) filter (where deviation.is_accepted) as accepted_count,
    count(*) filter (where not deviation.is_accepted) as deviating_count,
from fct_case as ended
semi join dim_process_rule as rule
    on rule.workflow = ended.workflow and rule.plant is not distinct from ended.plant
left join deviation
    on deviation.instance = ended.instance
    and deviation.record_model = ended.record_model
    and deviation.record_id = ended.record_id
where ended.outcome in ('completed', 'cancelled')
    and ended.ended_at is not null
    and ended.variant is not null
    and ($since_at is null or ended.ended_at >= $since_at)
group by ended.workflow, ended.plant
order by ended.workflow, ended.plant
