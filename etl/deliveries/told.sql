-- What a recipient was told last of each subject, by letters that were sent.
select
    told.subject,
    told.state,
    told.plant,
    told.about
from told
inner join letter on letter.id = told.letter_id
where letter.recipient = :recipient
    and letter.channel = :channel
    and letter.id = (
        select max(newer.letter_id)
        from told as newer
        inner join letter as newer_letter on newer_letter.id = newer.letter_id
        where newer.subject = told.subject
            and newer_letter.recipient = letter.recipient
            and newer_letter.channel = letter.channel
            and exists (select 1 from attempt where attempt.letter_id = newer.letter_id and attempt.outcome = 'sent')
    );
