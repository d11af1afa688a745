/*
title = "n8n workflows keep their runs"
definition = "Each active workflow of n8n keeps the runs that succeed and those that fail. Of one that does not, no rate can be told, and its runs are left out of the KPIs."
severity = "warn"
owner = "Operator"
remedy = "in n8n, open the settings of the workflow and save successful and failed executions"
*/
select
    instance,
    name,
    plant,
    if(keeps_success, 'does not keep runs that fail', 'does not keep runs that succeed') as detail,
from stg_n8n_workflow
where active and not (keeps_success and keeps_failure)
