"""Prototypes: what engineers try out. Each kind of thing that KPIs must tell apart happens to them, so and so often.

All of it is counted back from the moment the demo is anchored at. `BY_HAND`, `REACTIONS` and `BLOCKED` say which kinds
of manual intervention, reaction and blocker there are, `TIMES` how often each plant has the first two.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from etl.demo import production, purchasing
from etl.demo.document import Block, Move, NotYet, Order, Purchase, Review
from etl.demo.maintenance import BENCH, Stop
from etl.demo.people import ODOOBOT, TEAMS
from etl.demo.plants import PLANTS, Plant
from etl.demo.products import CASTING, PROTOTYPE, vendor_of
from etl.demo.purchasing import PRICE_LEVEL, TIERS
from etl.demo.shopfloor import FORGOTTEN, LATE

TIMES = {"Milwaukee": 2, "Lyon": 3, "Singapore": 4, "Tulsa": 2}
# Orders that wait in each plant, by what blocks them; three wait for the approval of a purchase, by its risk class.
BLOCKED = {"material": 2, "routing": 3, "capacity": 1, "approval": 3}
RISKS = {"medium": 2, "high": 1}
_AMOUNT = {"medium": 4000.0, "high": 20000.0}
# Orders that one plant began long ago and never closed.
LEFT = ("Singapore", 18)
_LEFT_DAYS = 86
# Orders that one plant closed in one step, without beginning them.
UNBEGUN = ("Lyon", 9)
_UNBEGUN_DAYS = 10
_HOUR, _DAY = 3600, 86400
_LAIN = 30 * _HOUR
# They lie between the last week and the day from which on the audit log is kept.
_FIRST_DAY, _SPAN_DAYS = 6, 168


@dataclass
class Trial:
    """The next order of a plant: when its story begins, and its quantity, which no other has."""

    block: Block
    plant: Plant
    at: int
    quantity: float

    @property
    def planner(self) -> int:
        return TEAMS[self.plant.code].planners[0]

    def draft(self, at: int | None = None, by: int = ODOOBOT, start: int = 40 * _HOUR, work: str = "") -> Order:
        """An order that is to start so long after `at`. Every second one was made a day before that: together they are
        released no faster than others."""
        made = at or self.at - (_LAIN if self.quantity % 2 else 0)
        start += at or self.at
        return production.draft(
            self.block, self.plant, made, by, PROTOTYPE, self.quantity, "", started=start, finished=start + 8 * _HOUR,
            work=work,
        )  # fmt: skip


def simulate(block: Block) -> None:
    """What happens to prototypes, as far as it has begun and come by now."""
    for plant in PLANTS:
        lives = [life for life in (*BY_HAND.values(), *REACTIONS.values()) for _ in range(TIMES[plant.name])]
        for number, life in enumerate(lives):
            at = block.anchor - _FIRST_DAY * _DAY - number * _SPAN_DAYS * _DAY // len(lives) - 60 * plant.id
            if block.start + _LAIN < at < block.now:
                _live(life, Trial(block, plant, at, 3.0 + number))
        waiting = [(blocker, n) for blocker, many in BLOCKED.items() for n in range(many)]
        for number, (blocker, n) in enumerate(waiting):
            wait = partial(_BLOCKERS[blocker], n)
            # Approvals are not overdue yet; and never are there many orders on one day.
            back = (50 + 8 * n if blocker == "approval" else 80 + 26 * number) * _HOUR
            at = block.anchor - back - 60 * plant.id
            if block.start + _LAIN < at < block.now:
                _live(wait, Trial(block, plant, at, 200.0 + number))
        if plant.name == LEFT[0]:
            for number in range(LEFT[1]):
                at = block.anchor - (_LEFT_DAYS + 2 * number) * _DAY
                if at > block.start + _LAIN:
                    _live(_left, Trial(block, plant, at, 300.0 + number))
        if plant.name == UNBEGUN[0]:
            for number in range(UNBEGUN[1]):
                at = block.anchor - (_UNBEGUN_DAYS + 14 * number) * _DAY
                if at > block.start + _LAIN:
                    _live(_in_one_step, Trial(block, plant, at, 400.0 + number))


def _live(life: Callable[[Trial], None], trial: Trial) -> None:
    try:
        life(trial)
    except NotYet:
        return


def _release(order: Order, at: int, by: int = ODOOBOT, ready: bool = True) -> None:
    """The order is confirmed, by Odoo unless somebody is named, with its component set aside or without."""
    order.change(at, by, state="confirmed", reservation_state="assigned" if ready else "confirmed")
    order.plan(at, by, order.started + 60, order.finished + 60)
    order.reserve(at, *([] if ready else [order.raws[0]]))


def _set(order: Order, at: int, by: int, ready: bool) -> None:
    """The component is set aside, or taken away."""
    order.change(at, by, reservation_state="assigned" if ready else "confirmed")
    order.reserve(at, *([] if ready else [order.raws[0]]))


def _finish(order: Order, at: int) -> None:
    """The order is begun at `at`, and done six hours later."""
    by = TEAMS[order.plant.code].supervisors[0]
    order.change(at, by, state="progress")
    order.plan(at, by, at, at + 8 * _HOUR)
    order.reserve(at)
    order.change(at + 6 * _HOUR, by, state="done", reservation_state=False)
    order.complete(at + 6 * _HOUR)


def _buy(trial: Trial, order: Order | str, at: int, amount: float = 90.0) -> tuple[Purchase, int]:
    """A request for the casting that the order needs, and who made it."""
    buyer = TEAMS[trial.plant.code].buyers[0]
    price = round(CASTING.price * PRICE_LEVEL[trial.plant.company.currency], 2)
    lines = [(CASTING.id, float(-(-amount // price)), price)]
    vendor = vendor_of(trial.plant, CASTING)
    return purchasing.draft(trial.block, trial.plant, at, buyer, vendor, buyer, lines, order), buyer


def _left(trial: Trial) -> None:
    """Begun, and never closed."""
    order, by = trial.draft(work=FORGOTTEN), TEAMS[trial.plant.code].supervisors[0]
    _release(order, trial.at + 600)
    order.change(trial.at + 1200, by, state="progress")
    order.plan(trial.at + 1200, by, trial.at + 1200, trial.at + _DAY)
    order.reserve(trial.at + 1200)


def _in_one_step(trial: Trial) -> None:
    """Closed before it was to begin: Odoo books all of it, and nobody ever began."""
    order, at = trial.draft(work=FORGOTTEN), trial.at + 24 * _HOUR
    _release(order, trial.at + 600)
    order.change(at, TEAMS[trial.plant.code].supervisors[0], state="done", reservation_state=False)
    order.complete(at)


# ------------------------------------------------------------ what people do by hand


def _confirmed_by_hand(trial: Trial) -> None:
    order = trial.draft()
    _release(order, trial.at + 600, trial.planner)
    _finish(order, trial.at + 24 * _HOUR)


def _taken_away(trial: Trial) -> None:
    order = trial.draft()
    _release(order, trial.at + 600)
    _set(order, trial.at + _HOUR, trial.planner, ready=False)
    _set(order, trial.at + 2 * _HOUR, ODOOBOT, ready=True)
    _finish(order, trial.at + 24 * _HOUR)


def _reserved_by_hand(trial: Trial) -> None:
    order = trial.draft()
    _release(order, trial.at + 600, ready=False)
    _set(order, trial.at + 3 * _HOUR, TEAMS[trial.plant.code].storekeepers[0], ready=True)
    _finish(order, trial.at + 24 * _HOUR)


def _unlocked(trial: Trial) -> None:
    order = trial.draft()
    _release(order, trial.at + 600)
    order.unlocked = trial.at + _HOUR, trial.planner
    _finish(order, trial.at + 24 * _HOUR)


def _unlocked_purchase(trial: Trial) -> None:
    """Odoo locks a purchase order as soon as it is one, and its buyer unlocks it."""
    purchase, buyer = _buy(trial, "", trial.at)
    moves = purchasing.order(purchase, trial.at + _HOUR, buyer)
    purchase.change(trial.at + _HOUR + 60, ODOOBOT, locked=True)
    purchase.change(trial.at + 2 * _HOUR, buyer, locked=False)
    purchasing.receive(moves, trial.at + 20 * _HOUR)


def _made_again(trial: Trial) -> None:
    """Cancelled, and made again by the same planner."""
    order = trial.draft(by=trial.planner)
    _release(order, trial.at + 600)
    order.change(trial.at + 2 * _HOUR, trial.planner, state="cancel", reservation_state=False)
    order.cancel()
    again = trial.draft(trial.at + 3 * _HOUR, trial.planner)
    _release(again, trial.at + 4 * _HOUR)
    _finish(again, trial.at + 27 * _HOUR)


def _entered_late(trial: Trial) -> None:
    order = trial.draft(work=LATE)
    _release(order, trial.at + 600)
    _finish(order, trial.at + 24 * _HOUR)


def _counted(trial: Trial) -> None:
    """A count finds a casting more than the system has."""
    trial.block.moves.append(
        Move(
            plant=trial.plant, product=CASTING.id, demand=1.0, quantity=1.0, created=trial.at, at=trial.at,
            written=trial.at, state="done", value=CASTING.price, places=("scrap", "stock"),
            counted_by=TEAMS[trial.plant.code].storekeepers[0],
        )
    )  # fmt: skip


BY_HAND: dict[tuple[str, str], Callable[[Trial], None]] = {
    ("confirmed by hand", "mrp.production"): _confirmed_by_hand,
    ("reservation taken away", "mrp.production"): _taken_away,
    ("reserved by hand", "mrp.production"): _reserved_by_hand,
    ("unlocked", "mrp.production"): _unlocked,
    ("unlocked", "purchase.order"): _unlocked_purchase,
    ("cancelled and made again", "mrp.production"): _made_again,
    ("back-dated entry", "mrp.workcenter.productivity"): _entered_late,
    ("stock adjusted", "stock.move"): _counted,
}


# ------------------------------------------------------------ what is done about a disturbance


def _react(order: Order, trial: Trial, at: int, reaction: str) -> None:
    """The order is planned anew, or something is bought for it."""
    if reaction == "re-plan":
        order.plan(at, trial.planner, at + 45 * _HOUR, at + 53 * _HOUR)
    else:
        purchase, buyer = _buy(trial, order, at)
        purchasing.receive(purchasing.order(purchase, at + _HOUR, buyer), at + 8 * _HOUR)


def _delayed(reaction: str, trial: Trial) -> None:
    """It should have begun after two hours, and has not after twelve."""
    order = trial.draft(start=2 * _HOUR)
    _release(order, trial.at + 600)
    if trial.at + 12 * _HOUR >= trial.block.now:
        return
    _react(order, trial, trial.at + 12 * _HOUR, reaction)
    _finish(order, trial.at + 24 * _HOUR)


def _short(reaction: str, trial: Trial) -> None:
    order = trial.draft()
    _release(order, trial.at + 600, ready=False)
    if trial.at + 2 * _HOUR >= trial.block.now:
        return
    _react(order, trial, trial.at + 2 * _HOUR, reaction)
    _set(order, trial.at + 12 * _HOUR, ODOOBOT, ready=True)
    _finish(order, trial.at + 24 * _HOUR)


def _changed(reaction: str, trial: Trial) -> None:
    order = trial.draft()
    _release(order, trial.at + 600)
    order.change(trial.at + 2 * _HOUR, trial.planner, product_qty=trial.quantity + 0.5)
    for move in (*order.raws, order.made):
        move.demand += 0.5
    if trial.at + 3 * _HOUR >= trial.block.now:
        return
    _react(order, trial, trial.at + 3 * _HOUR, reaction)
    _finish(order, trial.at + 24 * _HOUR)


REACTIONS: dict[tuple[str, str], Callable[[Trial], None]] = {
    (trigger, reaction): partial(life, reaction)
    for trigger, life in (("delay", _delayed), ("shortage", _short), ("demand change", _changed))
    for reaction in ("re-plan", "procurement")
}


# ------------------------------------------------------------ what keeps orders from beginning

# They are to begin some days from now.
_AHEAD = 15 * _DAY


def _without_material(n: int, trial: Trial) -> None:
    _release(trial.draft(start=_AHEAD), trial.at + 600, ready=False)


def _without_work_orders(n: int, trial: Trial) -> None:
    _release(trial.draft(start=_AHEAD, work=FORGOTTEN), trial.at + 600)


def _without_bench(n: int, trial: Trial) -> None:
    """It should have begun four hours ago, and the bench stands still since two hours before."""
    _release(trial.draft(start=trial.block.anchor - 4 * _HOUR - trial.at), trial.at + 600)
    down = trial.block.anchor - 6 * _HOUR
    if down < trial.block.now:
        by = TEAMS[trial.plant.code].supervisors[0]
        trial.block.stops.append(Stop(plant=trial.plant, machine=BENCH, by=by, created=down))


def _without_approval(n: int, trial: Trial) -> None:
    """What it needs is to be bought, and nobody has approved that yet."""
    order = trial.draft(start=_AHEAD)
    _release(order, trial.at + 600)
    risk = [risk for risk, many in RISKS.items() for _ in range(many)][n]
    purchase, buyer = _buy(trial, order, trial.at + 1200, _AMOUNT[risk])
    asked = trial.at + _HOUR
    if not trial.plant.policy.approval.tiers:
        purchase.change(asked, buyer, state="to approve")
    elif asked < trial.block.now:
        trial.block.reviews.extend(
            Review(
                purchase=purchase, definition=definition, sequence=number, requested_by=buyer, created=asked,
                written=asked, status="waiting" if number > 1 else "pending",
            )
            for number, (definition, _, _) in enumerate(TIERS, start=1)
        )  # fmt: skip


_BLOCKERS: dict[str, Callable[[int, Trial], None]] = {
    "material": _without_material,
    "routing": _without_work_orders,
    "capacity": _without_bench,
    "approval": _without_approval,
}
