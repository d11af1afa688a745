-- In which role decisions were taken, where that was said.
select
    decision_id,
    role
from decision_role;
