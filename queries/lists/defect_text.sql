/*
title = "The records of a theme of defects"
definition = "Every nonconformity, failed inspection or check, quality alert, scrap order and repair whose text belongs to the theme, newest first."
*/
select
    found.*,
    odoo_url(odoo_instance.url, odoo_instance.version, found.record_model, found.record_id) as record_url,
from fct_defect_text as found
inner join agg_defect_text as grouped
    on grouped.plant is not distinct from found.plant
    and grouped.text = found.text
    and grouped.about = coalesce(found.about, '')
left join odoo_instance on odoo_instance.instance = found.instance
where grouped.theme = $theme::bigint
order by found.found_at desc, found.instance, found.record_model, found.record_id
