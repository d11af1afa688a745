/*
title = "Ways round controls by month"
definition = "How often each way round a control was taken in each plant and month since a day and up to the data's, and, of approvals, of how many."
*/
select
    plant,
    month,
    kind,
    n,
    of_count,
from agg_control_month
where month between $from_on::date and $as_of::date
order by kind, plant, month
