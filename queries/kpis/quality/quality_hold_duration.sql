/*
title = "Quality hold duration"
definition = "How long goods are held: from the inspection (OCA), quality check or alert (Enterprise), or from the moment stock enters a quarantine location, until it is released, reworked, scrapped or returned to the supplier; stock counts by the portion that leaves together, first in, first out. What failed stays held until its lot, transfer or production order is scrapped or returned; where Odoo does not say which goods failed, the verdict ends the hold (rejected). Cancelled and deleted inspections are left out. Goods that are inspected and lie in quarantine have a row for each (source)."
unit = "duration"
direction = "lower"
target = "2 d"
headline = 3
told = "holds goods for {value}"
objective = 0.9
limit = "4 d"
owner = "Head of quality"
measure = "duration"
statistic = "p50"
clocks = ["elapsed", "working"]
dimensions = ["plant", "company", "product", "product_family", "vendor", "responsible", "source", "outcome"]
audience = ["executive", "plant manager"]
*/
with
hold as (
    select
        instance,
        record_model,
        record_id,
        name,
        plant,
        company,
        product,
        product_family,
        lot,
        vendor,
        responsible,
        source,
        location,
        quantity,
        value,
        currency,
        outcome,
        held_at as started_at,
        ended_at,
    from fct_hold
    where outcome not in ('cancelled', 'withdrawn', 'end not recorded')
)

select *
from with_clocks('hold', 'dim_calendar', $as_of)
