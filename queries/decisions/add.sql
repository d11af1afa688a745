insert into decision (decided_at, who, kind, kpi, plant, from_on, until_on, cause, why, withdraws)
values (:decided_at, :who, :kind, :kpi, :plant, :from_on, :until_on, :cause, :why, :withdraws);
