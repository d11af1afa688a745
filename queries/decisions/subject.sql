-- What was decided about subjects, the newest first; what was withdrawn says by whom, when and why.
select
    decision.id,
    decision.decided_at,
    decision.who,
    about.role,
    decision.kind as what,
    about.subject,
    decision.plant,
    about.owner,
    decision.until_on,
    decision.why,
    withdrawal.decided_at as withdrawn_at,
    withdrawal.who as withdrawn_by,
    withdrawal.why as withdrawn_why
from decision
inner join decision_subject as about on about.decision_id = decision.id
left join decision as withdrawal on withdrawal.withdraws = decision.id and withdrawal.kind = 'withdrawal'
order by decision.id desc;
