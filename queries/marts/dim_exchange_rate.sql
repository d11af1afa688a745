/*
grain = "one row per Odoo, currency and span of days in which one rate of it holds: what one unit is worth in the reporting currency"
key = ["instance", "currency", "valid_from"]
*/
-- The reporting currency is that of ops.toml, or else that of the first plant's company. Odoo keeps rates by company, as
-- units of a currency for one unit of the company's own; before the first rate the first one holds, as in Odoo. Of the
-- companies that know both currencies the one that counts in the reporting currency says what a unit is worth, or else the
-- first; an Odoo none of whose companies knows both takes the rates of another Odoo.
with
reporting as (
    select coalesce(
        (select nullif(currency, '') from cfg_money),
        (select currency from dim_plant order by instance, company_id, warehouse_id limit 1)
    ) as currency
),

company as (
    select
        instance,
        company_id,
        currency,
    from dim_company
    where currency is not null
),

rate as (
    select
        company.instance,
        company.company_id,
        company.currency as company_currency,
        currency.name as currency,
        rate.rate_on,
        rate.rate,
    from stg_res_currency_rate as rate
    inner join stg_res_currency_last as currency
        on currency.instance = rate.instance and currency.id = rate.currency_id
    inner join company
        on company.instance = rate.instance and company.company_id = coalesce(rate.company_id, company.company_id)
    where rate.rate > 1e-12
    -- A company's own rate goes before one of all companies.
    qualify row_number() over (
        partition by company.instance, company.company_id, currency.name, rate.rate_on
        order by rate.company_id is null, rate.id
    ) = 1
),

quote as (
    select * from rate
    union all
    select
        company.instance,
        company.company_id,
        company.currency as company_currency,
        company.currency,
        date '1970-01-01' as rate_on,
        1.0 as rate,
    from company
    where not exists (
        select 1 from rate
        where rate.instance = company.instance
            and rate.company_id = company.company_id
            and rate.currency = company.currency
    )
),

known as (
    select distinct
        instance,
        company_id,
        company_currency,
        currency,
    from quote
),

book as (
    select
        known.instance,
        known.currency,
        known.company_id,
        base.currency as base_currency,
        known.company_currency <> base.currency as is_base_foreign,
    from known
    cross join reporting
    inner join known as base
        on base.instance = known.instance
        and base.company_id = known.company_id
        and base.currency = reporting.currency
),

source as (
    select
        company.instance,
        book.instance as book_instance,
        book.company_id,
        book.currency,
        book.base_currency,
    from (select distinct instance from company) as company
    cross join book
    qualify row_number() over (
        partition by company.instance, book.currency
        order by book.instance <> company.instance, book.is_base_foreign, book.instance, book.company_id
    ) = 1
),

span as (
    select
        instance,
        company_id,
        currency,
        if(
            row_number() over (partition by instance, company_id, currency order by rate_on) = 1,
            date '1970-01-01',
            rate_on
        ) as valid_from,
        rate,
    from quote
),

moment as (
    select distinct
        source.*,
        span.valid_from,
    from source
    inner join span
        on span.instance = source.book_instance
        and span.company_id = source.company_id
        and span.currency in (source.currency, source.base_currency)
)

select
    moment.instance,
    moment.currency,
    moment.valid_from,
    lead(moment.valid_from) over (partition by moment.instance, moment.currency order by moment.valid_from) as valid_to,
    base.rate / own.rate as rate,
    moment.base_currency as reporting_currency,
from moment
asof inner join span as own
    on own.instance = moment.book_instance
    and own.company_id = moment.company_id
    and own.currency = moment.currency
    and own.valid_from <= moment.valid_from
asof inner join span as base
    on base.instance = moment.book_instance
    and base.company_id = moment.company_id
    and base.currency = moment.base_currency
    and base.valid_from <= moment.valid_from
