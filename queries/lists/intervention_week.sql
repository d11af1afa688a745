/*
title = "Manual interventions by week"
definition = "What people did by hand where a system could have, by kind, plant and week (Monday, UTC): how many, and how many of them in the period ($from_on up to $to_on) and in the one before (from $before_on)."
*/
select
    kind,
    plant,
    date_trunc('week', intervened_at)::date as week,
    count(*) as intervention_count,
    count(*) filter (where intervened_at >= $from_on::timestamp and intervened_at < $to_on::timestamp) as now_count,
    count(*) filter (where intervened_at >= $before_on::timestamp and intervened_at < $from_on::timestamp) as before_count,
from fct_intervention
where intervened_at >= least($before_on, $trend_on)::timestamp
group by kind, plant, week
order by kind, plant nulls last, week
