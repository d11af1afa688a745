insert into accepted_deviation (decision_id, rule, owner) values (:decision_id, :rule, :owner);
