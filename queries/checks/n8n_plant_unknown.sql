/*
title = "Tags of n8n workflows name plants"
definition = "Each tag plant:CODE of an active n8n workflow has the code of a plant. Runs of a workflow whose tag names none are of no plant."
severity = "warn"
owner = "Operator"
remedy = "in n8n, correct the tag of the workflow: `python -m queries list plant` has the codes"
*/
select
    instance,
    name,
    'plant:' || plant || ' is no plant' as detail,
from stg_n8n_workflow
where active and plant not in (select plant from dim_plant)
