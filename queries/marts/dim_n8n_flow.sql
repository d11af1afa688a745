/*
grain = "one row per workflow of n8n, whether it ran or not"
key = ["instance", "flow_key"]
person = ["owner"]
*/
select
    instance,
    workflow_id as flow_key,
    coalesce(name, workflow_id) as name,
    owner,
    plant,
    coalesce(active, false) and not coalesce(is_archived, false) as is_active,
    coalesce(keeps_success, false) as keeps_success,
    created_at,
    gone_at,
from stg_n8n_workflow_last
