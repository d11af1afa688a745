/*
title = "Unusual day"
definition = "On one of the last seven days something happened far more often or far more rarely in a plant than on the 26 such days before (same weekday, open or closed as that one): beyond five robust spreads (its limit), and by at least ten. The record is one of that day's."
severity = "medium"
sla = "7 d"
limit = 5
owner = "Operator"
fallback = "Plant manager"
remedy = "see what happened on that day: an import, a loop of an automation, a system that was down"
needs = ["mrp_production or purchase_order or stock_picking"]
*/
select
    instance,
    record_model,
    record_id,
    workflow || ' ' || activity || ' on ' || strftime(day, '%Y-%m-%d') as name,
    plant,
    day_began_at as since_at,
    event_count || if(event_count = 1, ' time', ' times') || ', usually ' || round(usual_low)::bigint || ' to ' || round(usual_high)::bigint as detail,
from fct_daily_volume
where is_comparable and abs(score) > limit_of('unusual_volume', plant)
