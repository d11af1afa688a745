/*
title = "What decisions were about"
definition = "Of subjects that are exceptions of records, or records: what each is called, and whether it is in the data (is_there): a record always is, an exception as long as its rule finds it."
*/
with
asked as (
    select
        subject,
        regexp_extract(
            subject,
            '^(?:exception:([^:]+)|record):(.*):([^:,]+),([0-9]+)$',
            ['exception', 'instance', 'record_model', 'record_id']
        ) as named,
    from (select unnest($subjects::varchar[]) as subject)
    where subject similar to '(exception:[^:]+|record):.*:[^:,]+,[0-9]+'
)

select
    asked.subject,
    nullif(asked.named.exception, '') as exception,
    asked.named.instance as instance,
    asked.named.record_model as record_model,
    asked.named.record_id::bigint as record_id,
    coalesce(any_value(found.name), any_value(document.name)) as name,
    bool_or(asked.named.exception = '' or found.exception is not null) as is_there,
from asked
left join fct_exception as found
    on found.exception = asked.named.exception
    and found.instance = asked.named.instance
    and found.record_model = asked.named.record_model
    and found.record_id::varchar = asked.named.record_id
left join dim_document as document
    on document.instance = asked.named.instance
    and document.record_model = asked.named.record_model
    and document.record_id::varchar = asked.named.record_id
group by all
order by asked.subject
