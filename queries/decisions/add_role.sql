insert into decision_role (decision_id, role) values (:decision_id, :role);
