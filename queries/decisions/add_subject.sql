insert into decision_subject (decision_id, subject, owner) values (:decision_id, :subject, :owner);
