/*
title = "Approvals handed over in time"
definition = "How many approval steps were given to somebody else before it was past its limit (that of the exception Approval waiting): a tier was forwarded (OCA), its reviewer was changed, somebody else than the one asked decided it, or an activity on the waiting document was given to another user. Odoo keeps no history of who is asked: forwarded tiers and what the audit log (OCA) tells of activities count from the first load on, the rest from what the refreshes saw. Nobody in particular is asked for Odoo's double validation: only its activities tell."
unit = "count"
direction = "none"
owner = "Head of purchasing"
measure = "sum"
statistic = "total"
clocks = ["elapsed"]
dimensions = ["plant", "company", "product_family", "vendor", "responsible", "mechanism", "step_name", "way"]
audience = ["plant manager"]
*/
select
    * exclude (is_escalation),
    handed_at as at,
    1.0 as amount,
from fct_approval_handover
where not is_escalation
