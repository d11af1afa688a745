-- Letters to a recipient that could not be sent yet, the oldest first.
select
    letter.id,
    letter.as_of,
    letter.title,
    kept.plain,
    kept.markdown,
    kept.html
from letter
inner join kept on kept.letter_id = letter.id
where letter.recipient = :recipient
    and letter.channel = :channel
order by letter.id;
