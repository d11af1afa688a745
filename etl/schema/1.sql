/*
The books of a work database. Before there were numbers they grew column by column: what an older one lacks is added.
*/
create schema if not exists raw;

create table if not exists source_state (
    instance varchar, source varchar, absent boolean, fields varchar, watermark timestamp,
    read_at timestamp, run varchar, row_count bigint, read_rows bigint, new_rows bigint,
    changed_rows bigint, closed_rows bigint, missing_fields varchar[], full_at timestamp, refused boolean,
    primary key (instance, source)
);
alter table source_state add column if not exists full_at timestamp;
alter table source_state add column if not exists refused boolean;
alter table source_state add column if not exists asked_at timestamp;
alter table source_state add column if not exists swept_at timestamp;
alter table source_state add column if not exists compared_at timestamp;
alter table source_state add column if not exists problem varchar;

create table if not exists source_shape (source varchar primary key, shape varchar);
create table if not exists open_id (instance varchar, source varchar, id bigint);
create table if not exists loaded_sample (sample varchar primary key);

create table if not exists reconciliation (
    instance varchar, source varchar, company_id bigint, odoo_count bigint, warehouse_count bigint,
    counted_at timestamp
);
alter table reconciliation add column if not exists came bigint;
alter table reconciliation add column if not exists went bigint;

create table if not exists run (
    run varchar primary key, started_at timestamp, as_of timestamp, published_at timestamp, status varchar,
    instance_count bigint, read_rows bigint, new_rows bigint, changed_rows bigint, closed_rows bigint,
    message varchar
);
alter table run add column if not exists upgrade varchar;

create table if not exists odoo_instance (
    instance varchar primary key, url varchar, version varchar, transport varchar
);

-- Which version an Odoo had, and at which loads that was seen first and last; before that was kept: the last one.
create table if not exists odoo_version (instance varchar, version varchar, seen_from timestamp, seen_to timestamp);
insert into odoo_version
select
    odoo_instance.instance,
    regexp_extract(odoo_instance.version, '^(saas~)?\d+(\.\d+)?'),
    max(source_state.read_at),
    max(source_state.read_at)
from odoo_instance
inner join source_state using (instance)
where odoo_instance.instance not in (select instance from odoo_version)
group by all;

create table if not exists agg_kpi (
    run varchar, as_of timestamp, kpi varchar, plant varchar, period varchar, period_start date,
    period_end date, clock varchar, value double, low double, high double, n bigint, n_open bigint,
    plant_count bigint, is_final boolean, baseline double, verdict varchar, reason varchar
);
alter table agg_kpi add column if not exists n_unmeasured bigint;
alter table agg_kpi add column if not exists limit_low double;
alter table agg_kpi add column if not exists limit_high double;
alter table agg_kpi add column if not exists shift_since date;
alter table agg_kpi add column if not exists verdict_reason varchar;
alter table agg_kpi add column if not exists value_closed double;
alter table agg_kpi add column if not exists covers_start date;
alter table agg_kpi add column if not exists covers_end date;

create table if not exists kpi_baseline (
    kpi varchar, plant varchar, clock varchar, definition varchar, first date, last date, points bigint,
    centre double, moving_range double, is_log boolean
);
create table if not exists agg_budget (
    run varchar, as_of timestamp, kpi varchar, plant varchar, clock varchar, period_start date, period_end date,
    objective double, limit_seconds double, n_due bigint, n_missed bigint, n_expected double, n_allowed bigint,
    n_corrected bigint, n_unmeasured bigint, plant_count bigint, pace double, gone_on date, reason varchar
);
create table if not exists check_count (
    run varchar, as_of timestamp, check_name varchar, plant varchar, judged_count bigint, failed_count bigint
);
