/*
title = "Work in process leaves"
definition = "By Little's law the average work in process of a plant is its throughput times the mean time in process. Over twelve weeks in which 30 orders or more left, no plant has more than that by the factor of the limit. What is too much are orders that nobody finishes, or whose end was never recorded."
severity = "warn"
limit = 1.5
owner = "Head of production planning"
remedy = "look for the oldest orders in work in process: finish or cancel them, or find what ends them without tracking"
*/
select
    process.instance,
    'stock.warehouse' as record_model,
    dim_plant.warehouse_id as record_id,
    dim_plant.name,
    process.plant,
    format(
        '{:.0f} orders in process on average, {:.0f} by throughput and time in process', average_count, implied_count
    ) as detail,
from agg_process as process
inner join dim_plant on dim_plant.instance = process.instance and dim_plant.plant = process.plant
where process.left_count >= 30
    and process.average_count > process.implied_count * limit_of('work_in_process_not_leaving', process.plant)
