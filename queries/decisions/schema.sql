-- What people decided, in the order in which they did; nothing is ever changed or removed.
create table if not exists decision (
    id integer primary key autoincrement,
    decided_at text not null,   -- UTC
    who text not null,
    kind text not null,         -- 'budget correction', 'accepted deviation', 'withdrawal', or what becomes of a subject
    kpi text,                   -- null: all KPIs
    plant text,                 -- null: all plants
    from_on text,
    until_on text,              -- the last day, included
    cause text,
    why text not null,
    withdraws integer references decision (id)
);

create trigger if not exists decision_stays before update on decision
begin
    select raise(abort, 'decisions are not changed: withdraw it and decide anew');
end;

create trigger if not exists decision_is_kept before delete on decision
begin
    select raise(abort, 'decisions are not deleted: withdraw it');
end;

-- What an accepted deviation is about, beside its decision.
create table if not exists accepted_deviation (
    decision_id integer primary key references decision (id),
    rule text not null,
    owner text not null
);

create trigger if not exists accepted_deviation_stays before update on accepted_deviation
begin
    select raise(abort, 'decisions are not changed: withdraw it and decide anew');
end;

create trigger if not exists accepted_deviation_is_kept before delete on accepted_deviation
begin
    select raise(abort, 'decisions are not deleted: withdraw it');
end;

-- What becomes of a subject (an error issue, an exception, a record), beside its decision.
create table if not exists decision_subject (
    decision_id integer primary key references decision (id),
    subject text not null,
    owner text,                 -- who is to see to it from then on
    role text                   -- in which role, of decisions from before decision_role
);

create trigger if not exists decision_subject_stays before update on decision_subject
begin
    select raise(abort, 'decisions are not changed: withdraw it and decide anew');
end;

create trigger if not exists decision_subject_is_kept before delete on decision_subject
begin
    select raise(abort, 'decisions are not deleted: withdraw it');
end;

-- In which role a decision was taken, where that was said.
create table if not exists decision_role (
    decision_id integer primary key references decision (id),
    role text not null
);

create trigger if not exists decision_role_stays before update on decision_role
begin
    select raise(abort, 'decisions are not changed: withdraw it and decide anew');
end;

create trigger if not exists decision_role_is_kept before delete on decision_role
begin
    select raise(abort, 'decisions are not deleted: withdraw it');
end;
