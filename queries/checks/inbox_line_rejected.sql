/*
title = "Files of inboxes could be read"
definition = "Every line of the files that other systems left in inboxes in the last seven days could be understood."
severity = "warn"
owner = "Operator"
remedy = "the folder rejected/ of the inbox says which lines and why: mend them and drop the file again, or mend what writes it"
*/
select
    instance,
    file as name,
    coalesce(reason, rejected_count || ' of ' || row_count + rejected_count || ' lines rejected') as detail,
from stg_inbox_file_history
where rejected_count > 0
    and valid_from >= (select max(valid_from) from stg_inbox_file_history) - interval 7 day
    -- Mended and dropped again it is all right.
    and not exists (
        select 1 from stg_inbox_file_history as later
        where later.instance = stg_inbox_file_history.instance
            and later.file = stg_inbox_file_history.file
            and later.file_at > stg_inbox_file_history.file_at
            and later.rejected_count = 0
    )
