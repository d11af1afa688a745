-- Letters of the digest, in the order in which they were written; nothing is ever changed or removed.
create table if not exists letter (
    id integer primary key autoincrement,
    written_at text not null,   -- UTC
    recipient text not null,    -- its name in ops.toml
    channel text not null,      -- the variable that holds its address, of a mail with a hash of the address
    version text not null,      -- of the data
    as_of text not null,        -- UTC
    title text not null
);

-- What a letter says of each subject. It counts once the letter was sent.
create table if not exists told (
    letter_id integer not null references letter (id),
    subject text not null,
    state text not null,        -- 'over' once it is
    plant text,
    about text not null,
    primary key (letter_id, subject)
);

create table if not exists attempt (
    id integer primary key autoincrement,
    letter_id integer not null references letter (id),
    at text not null,           -- UTC
    outcome text not null,      -- 'sent', 'failed', or 'dropped': its numbers grew old before it could be sent
    why text
);

-- The words of letters that could not be sent at once.
create table if not exists kept (
    letter_id integer primary key references letter (id),
    plain text not null,
    markdown text not null,
    html text not null
);

create trigger if not exists letter_stays before update on letter
begin
    select raise(abort, 'letters are not changed');
end;

create trigger if not exists letter_is_kept before delete on letter
begin
    select raise(abort, 'letters are not deleted');
end;

create trigger if not exists told_stays before update on told
begin
    select raise(abort, 'letters are not changed');
end;

create trigger if not exists told_is_kept before delete on told
begin
    select raise(abort, 'letters are not deleted');
end;

create trigger if not exists attempt_stays before update on attempt
begin
    select raise(abort, 'attempts are not changed');
end;

create trigger if not exists attempt_is_kept before delete on attempt
begin
    select raise(abort, 'attempts are not deleted');
end;
