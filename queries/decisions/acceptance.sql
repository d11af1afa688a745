-- Accepted deviations, the newest first; one that was withdrawn says by whom, when and why.
select
    acceptance.id,
    acceptance.decided_at,
    acceptance.who,
    accepted_deviation.rule,
    accepted_deviation.owner,
    acceptance.plant,
    acceptance.until_on,
    acceptance.why,
    withdrawal.decided_at as withdrawn_at,
    withdrawal.who as withdrawn_by,
    withdrawal.why as withdrawn_why
from decision as acceptance
inner join accepted_deviation on accepted_deviation.decision_id = acceptance.id
left join decision as withdrawal on withdrawal.withdraws = acceptance.id and withdrawal.kind = 'withdrawal'
order by acceptance.id desc;
