/*
grain = "one row per owner that time of a production order can have; of several the one with the lowest rank owns it"
key = ["owner"]
*/
-- The precedence, written here and nowhere else: fct_wait, the list wait_pareto and the commands follow the rank.
select
    rank,
    owner,
    definition,
from (
    values
        (1, 'closed', 'the plant does not work, by its calendar'),
        (2, 'integration', 'a job on the order, its purchase or the receipt of that failed, or has been due for an hour'),
        (3, 'approver', 'the order, or a purchase for it, waits for an approval'),
        (4, 'quality', 'its goods, or a component it is short of, are held'),
        (5, 'supplier or stock', 'it is short of a component, or of what another order makes'),
        (6, 'work center', 'it is released, has its material and waits for work to begin, or work has begun'),
        (7, 'planner', 'it is a draft, or released and its material not asked for'),
        (8, 'nobody', 'no owner is known: all is made and the order not closed, or its release was not recorded')
) as owner(rank, owner, definition)
