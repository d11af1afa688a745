insert into attempt (letter_id, at, outcome, why) values (:letter_id, :at, :outcome, :why);
