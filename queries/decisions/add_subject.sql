insert into decision_subject (decision_id, subject, owner, role) values (:decision_id, :subject, :owner, :role);
