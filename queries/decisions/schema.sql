-- What people decided, in the order in which they did; nothing is ever changed or removed.
create table if not exists decision (
    id integer primary key autoincrement,
    decided_at text not null,   -- UTC
    who text not null,
    kind text not null,         -- 'budget correction' or 'withdrawal'
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
