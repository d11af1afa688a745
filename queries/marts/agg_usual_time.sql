/*
grain = "one row per kind of standstill, plant and per cent of its cases: after how long so many of them had ended"
key = ["kind", "plant", "percent"]
*/
-- Of what began in the last 26 weeks (fct_stuck), open cases counted for as long as they have been open (Kaplan-Meier).
-- Fewer than twenty ended cases say nothing usual: then there is no row. Where more than some per cent are still open, the
-- rows end before that.
with
member as (
    select
        kind,
        plant,
        epoch(coalesce(ended_at, $as_of) - stuck_at) as seconds,
        ended_at is not null as is_ended,
    from fct_stuck
    where plant is not null and stuck_at >= $as_of - interval 182 day
),

step as (
    select
        kind,
        plant,
        seconds,
        count(*) filter (where is_ended) as ended,
        count(*) as leaving,
        sum(count(*)) over (partition by kind, plant order by seconds desc) as at_risk,
        sum(count(*) filter (where is_ended)) over (partition by kind, plant) as ended_count,
        sum(count(*)) over (partition by kind, plant) as case_count,
    from member
    group by kind, plant, seconds
),

curve as (
    select
        *,
        product(1 - ended / at_risk) over (partition by kind, plant order by seconds) as survival,
    from step
),

reached as (
    select
        *,
        floor(100 * (1 - survival) + 1e-6)::integer as percent_ended,
        coalesce(lag(percent_ended) over (partition by kind, plant order by seconds), 0) as percent_before,
    from curve
)

select
    kind,
    plant,
    unnest(generate_series(percent_before + 1, least(percent_ended, 99))) as percent,
    seconds,
    case_count::bigint as case_count,
    (case_count - ended_count)::bigint as open_count,
from reached
where ended_count >= 20 and percent_ended > percent_before
