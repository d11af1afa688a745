insert into told (letter_id, subject, state, plant, about) values (:letter_id, :subject, :state, :plant, :about);
