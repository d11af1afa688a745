/*
title = "Themes of defects"
definition = "What texts of nonconformities, failed inspections and checks, quality alerts, scrap orders and repairs are about, grouped by likeness of their words, per plant and for all plants together (plant empty): advisory. Trend: the last 13 weeks against the 13 before."
*/
select *
from agg_defect_theme
order by plant nulls first, n desc, theme
