-- The Kaplan-Meier curve: which share of cases is still open after how long, with its 95 % interval by Greenwood's
-- variance of log(-log): Kalbfleisch and Prentice, The Statistical Analysis of Failure Time Data, 2002, section 1.4.
with
step as (
    select
        seconds,
        count(*) filter (where ended_at is not null) as ended,
        count(*) as leaving,
    from member
    group by seconds
),

risk as (
    select
        *,
        sum(leaving) over (order by seconds desc) as at_risk,
    from step
),

curve as (
    select
        *,
        product(1 - ended / at_risk) over through as survival,
        sqrt(sum(if(at_risk > ended, ended / (at_risk * (at_risk - ended)), 0)) over through) as spread,
    from risk
    window through as (order by seconds)
),

reach as (
    select
        *,
        if(survival > 1e-12, survival, 0) as still_open,
        if(survival > 1e-12 and survival < 1, exp(1.959963984540054 * spread / abs(ln(survival))), null) as power,
    from curve
)

select
    seconds,
    at_risk::bigint as at_risk,
    ended::bigint as ended,
    still_open,
    pow(still_open, power) as low,
    pow(still_open, 1 / power) as high,
from reach
order by seconds
