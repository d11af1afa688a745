-- Corrections of budgets, the newest first; one that was withdrawn says by whom, when and why.
select
    correction.id,
    correction.decided_at,
    correction.who,
    correction.kpi,
    correction.plant,
    correction.from_on,
    correction.until_on,
    correction.cause,
    correction.why,
    withdrawal.decided_at as withdrawn_at,
    withdrawal.who as withdrawn_by,
    withdrawal.why as withdrawn_why
from decision as correction
left join decision as withdrawal on withdrawal.withdraws = correction.id and withdrawal.kind = 'withdrawal'
where correction.kind = 'budget correction'
order by correction.id desc;
