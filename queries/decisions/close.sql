-- A copy for reading: what was decided in it would be gone with the next copy.
create trigger if not exists decision_is_a_copy before insert on decision
begin
    select raise(abort, 'this node holds a copy of what was decided; decide where refreshes run');
end;
