delete from kept where letter_id = :letter_id;
