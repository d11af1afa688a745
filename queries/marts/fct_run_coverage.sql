/*
grain = "one row per n8n that counts its runs: those it started between the first and the last reading of its present process, and those of them that are known"
key = ["instance"]
*/
-- n8n writes a run down a moment before it counts it: runs of the last seconds before a reading may be in its count or not.
with
process as (
    select
        instance,
        max(process_started_at) as process_started_at,
    from stg_n8n_count
    group by instance
),

reading as (
    select
        count.instance,
        min(count.counted_at) as counted_from_at,
        max(count.counted_at) as counted_at,
        max(count.started_count) - min(count.started_count) as started_count,
    from stg_n8n_count as count
    semi join process
        on process.instance = count.instance and process.process_started_at = count.process_started_at
    group by count.instance
    having min(count.counted_at) < max(count.counted_at)
),

-- A run that was cleared away since it was listed has no time of its creation: lists do not tell it.
found as (
    select
        instance,
        coalesce(created_at, started_at) as created_at,
    from stg_n8n_execution_last
    where missed_since_at is null
),

known as (
    select
        reading.*,
        count(*) filter (where found.created_at > counted_from_at) as known_count,
        count(*) filter (where found.created_at <= counted_from_at) as before_count,
        count(*) filter (where found.created_at > counted_at - interval 3 second) as after_count,
    from reading
    left join found
        on found.instance = reading.instance
        and found.created_at between reading.counted_from_at - interval 3 second and reading.counted_at
    group by all
)

select
    instance,
    counted_from_at,
    counted_at,
    started_count,
    known_count,
    greatest(0, started_count - known_count - before_count) as unknown_count,
    started_count < known_count - after_count as is_implausible,
from known
