insert or ignore into kept (letter_id, plain, markdown, html)
values (:letter_id, :plain, :markdown, :html);
