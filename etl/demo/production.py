"""The life of production orders: created, released, short or ready, started, closed, done or cancelled."""

from __future__ import annotations

from random import Random

from etl.demo import purchasing
from etl.demo.clock import NEVER
from etl.demo.document import Block, Move, NotYet, Order
from etl.demo.people import ODOOBOT, ROBOT, TEAMS
from etl.demo.plants import Plant, Wait
from etl.demo.products import MADE_IN, PRODUCT, SCARCE_ID, Product

_WORK = Wait(10.0, 0.8)
_CLOSE = Wait(2.5, 1.1)
_TALK = Wait(24.0, 1.2)
_PLAN = Wait(50.0, 0.5, most=300.0)
# When what was ordered is cancelled, the material comes from elsewhere, later.
_ELSEWHERE = Wait(90.0, 0.6, most=400.0)
# After a change of quantity most orders are planned anew, some hours later.
_ANSWERED, _ANSWER = 0.75, Wait(1.5, 0.6)
_LOTS = (5, 10, 10, 20, 20, 25, 30, 40, 50, 100)


def arrive(block: Block, plant: Plant, rng: Random, opening: int) -> None:
    """One order of the day that opens at `opening`: who asks for it, when, and all that follows."""
    team = TEAMS[plant.code]
    product = rng.choice(MADE_IN[plant.code])
    reason = rng.random()
    # Planners come in two waves, after the morning meeting and after lunch; a few orders come at night.
    hours = rng.triangular(0.2, 5.0, 1.2) if rng.random() < 0.6 else rng.triangular(4.5, 9.0, 6.0)
    created = opening + int(3600 * (hours + (4.0 if rng.random() < 0.03 else 0.0)))
    by, responsible, origin, orderpoint = rng.choice(team.planners), True, "", False
    if reason < 0.30:
        # The nightly run of the reordering rules, around two in the morning.
        created = opening - 6 * 3600 + int(rng.uniform(0, 900))
        by, responsible, orderpoint = ODOOBOT, False, plant.id * 100 + product.id
        origin = f"OP/{orderpoint:05d}"
    elif reason < 0.50:
        by = ROBOT if rng.random() < plant.policy.release.automated else by
        responsible = False
        origin = f"S{(created - 1_577_836_800) // 3600:05d}"
    if created >= block.now:
        return
    order = _order(block, plant, rng, created, by, product, float(rng.choice(_LOTS)), origin, orderpoint=orderpoint)
    order.responsible = by if responsible else False
    order.deadline = order.finished if origin or rng.random() < 0.2 else None
    order.priority = "1" if rng.random() < 0.08 else "0"
    order.made.deadline = order.deadline
    for move in order.raws:
        move.deadline = order.deadline
    _live(order, rng)


def _order(
    block: Block, plant: Plant, rng: Random, created: int, by: int, product: Product, quantity: float,
    origin: str | Order, **values: object,
) -> Order:  # fmt: skip
    """A new draft order that is to start some day."""
    shop = block.shops[plant.company.id]
    started = shop.wait(rng, created, _PLAN)
    finished = shop.after(started, 2.0 + quantity / 10)
    return draft(block, plant, created, by, product, quantity, origin, started=started, finished=finished, **values)


def draft(
    block: Block, plant: Plant, created: int, by: int, product: Product, quantity: float, origin: str | Order,
    **values: object,
) -> Order:  # fmt: skip
    """A new draft order with the moves of its components and of its product."""
    order = Order(
        block=block, plant=plant, created=created, created_by=by, origin=origin, product=product.id,
        product_qty=quantity, responsible=False, **values,
    )  # fmt: skip
    block.orders.append(order)
    for component, each in product.components:
        order.raws.append(_move(order, component, each * quantity, consumed_by=order))
    order.made = _move(order, product.id, quantity, made_by=order)
    order.plan(created, by, order.started, order.finished)
    return order


def _move(order: Order, product: int, demand: float, **owner: Order) -> Move:
    """A planned move of an order."""
    at = order.started if "consumed_by" in owner else order.finished
    move = Move(
        plant=order.plant, product=product, demand=demand, created=order.created, at=at,
        written=order.created, **owner,
    )  # fmt: skip
    order.block.moves.append(move)
    return move


def _live(order: Order, rng: Random, released: tuple[int, int] | None = None) -> None:
    """Everything that happens to a draft, up to now; `released` (when, by whom) if that is settled."""
    team = TEAMS[order.plant.code]
    for _ in range(2):
        at, by = order.shop.wait(rng, order.created, _TALK), rng.choice(team.planners + team.supervisors)
        if rng.random() < 0.42:
            order.say(at, by)
    try:
        at, by = released or _released(order, rng)
        if not released and rng.random() < 0.03:
            at = order.office.wait(rng, order.created, Wait(12.0))
            order.change(at, rng.choice(team.planners), state="cancel")
            order.cancel()
            return
        ready = _confirm(order, rng, at, by)
        if ready is not None:
            ready = _disturb(order, rng, ready)
        if ready is not None:
            overtime = rng.random() < 0.04
            later = ready + int(rng.uniform(1, 30) * 3600)
            _begin(order, rng, later if overtime else order.shop.wait(rng, ready, order.plant.policy.start))
    except NotYet:
        if order.state == "confirmed":
            _replan(order, order.block.now)


def _released(order: Order, rng: Random) -> tuple[int, int]:
    """When the order is confirmed and by whom, as the plant's policy has it."""
    policy = order.plant.policy
    release = policy.release
    if policy.release_lately and order.created >= order.block.lately:
        release = policy.release_lately
    if rng.random() < release.automated:
        return order.created + int(rng.uniform(20, 900)), ROBOT if rng.random() < 0.4 else ODOOBOT
    at = order.created
    if release.weekdays:
        at = order.office.next_day(at, release.weekdays)
        if rng.random() < 0.12:
            at = order.office.next_day(at, release.weekdays)
    planner = order.responsible or rng.choice(TEAMS[order.plant.code].planners)
    return order.office.wait(rng, at, release.wait), planner


def _confirm(order: Order, rng: Random, at: int, by: int) -> int | None:
    """The order is confirmed and waits for what it lacks; when it is ready, None when it started before."""
    supply, team = order.plant.policy.supply, TEAMS[order.plant.code]
    made = [move for move in order.raws if PRODUCT[move.product].components]
    parts = [move for move in order.raws if not PRODUCT[move.product].components]
    scarce = next((move for move in parts if supply.scarce_short and move.product == SCARCE_ID), None)
    sub_assembly = bool(made) and rng.random() < 0.2
    short = rng.random() < (supply.scarce_short if scarce else supply.short)
    if not sub_assembly and not short:
        order.change(at, by, state="confirmed", reservation_state="assigned")
        _promise(order, at, by)
        order.reserve(at)
        return at
    missing = made[0] if sub_assembly else scarce or rng.choice(parts)
    reservation = "waiting" if sub_assembly else "confirmed"
    order.change(at, by, state="confirmed", reservation_state=reservation)
    _promise(order, at, by)
    order.reserve(at, missing, rng.choice((0.0, 0.0, 0.4, 0.7)))
    if sub_assembly:
        ready = _make_first(order, rng, at, by, missing)
    elif rng.random() < supply.bought:
        request = order.office.wait(rng, at, Wait(2.0))
        purchase = purchasing.buy_for(order, missing, Random(rng.getrandbits(64)), request)
        ready = purchase.received + int(rng.uniform(300, 5400)) if purchase else NEVER
        if purchase and purchase.state == "cancel":
            ready = order.shop.wait(rng, at, _ELSEWHERE)
    else:
        ready = order.shop.wait(rng, at, supply.scarce_wait if scarce and supply.scarce_wait else supply.wait)
    if not sub_assembly and rng.random() < 0.06:
        began = order.shop.wait(rng, at, order.plant.policy.start)
        if began < ready:
            # Started while short: the start itself takes the components, whatever the stock says.
            _begin(order, rng, began, reservation_state="assigned")
            return None
    order.change(ready, _storekeeper(order, rng), reservation_state="assigned")
    order.reserve(ready)
    if rng.random() < 0.05:
        order.say(ready + 60, rng.choice(team.storekeepers))
    return ready


def _promise(order: Order, at: int, by: int) -> None:
    """Who releases an order, or moves it, plans it anew: to start after the slack that the plant allows itself."""
    start = order.shop.after(at, order.plant.policy.slack)
    order.plan(at, by, start, order.shop.after(start, 12.0 + order.product_qty / 10))


def _replan(order: Order, until: int) -> None:
    """Most orders whose quantity changed are planned anew, and every second that has not begun when it was to, again
    and again up to `until`."""
    if order.changed:
        dice = Random(f"{order.block.seed}/quantity/{order.plant.code}/{order.created}/{order.product}")
        at = order.office.wait(dice, order.changed, _ANSWER)
        if dice.random() < _ANSWERED and at < until:
            _promise(order, at, dice.choice(TEAMS[order.plant.code].planners))
    dice = Random(f"{order.block.seed}/plan/{order.plant.code}/{order.created}/{order.product}")
    while dice.random() < 0.5:
        at = order.office.wait(dice, order.started, Wait(3.0))
        if at >= until:
            return
        _promise(order, at, dice.choice(TEAMS[order.plant.code].planners))


def _make_first(order: Order, rng: Random, at: int, by: int, missing: Move) -> int:
    """The sub-assembly is ordered from the own shop, and confirmed, with the order; when it is done."""
    child = _order(order.block, order.plant, rng, at, ODOOBOT, PRODUCT[missing.product], missing.demand, order)
    child.made.feed(missing)
    _live(child, Random(rng.getrandbits(64)), (at, by))
    return order.shop.wait(rng, at, _ELSEWHERE) if child.state == "cancel" else child.done


def _disturb(order: Order, rng: Random, ready: int) -> int | None:
    """What may happen between ready and start; when the order is ready for good, None when cancelled."""
    team, supply = TEAMS[order.plant.code], order.plant.policy.supply
    if rng.random() < 0.04:
        lost = order.shop.wait(rng, ready, Wait(2.0))
        order.change(lost, rng.choice(team.planners), reservation_state="confirmed")
        order.reserve(lost, rng.choice(order.raws))
        ready = order.shop.wait(rng, lost, supply.wait)
        order.change(ready, _storekeeper(order, rng), reservation_state="assigned")
        order.reserve(ready)
    if rng.random() < 0.025:
        at = order.office.wait(rng, ready, Wait(8.0))
        order.change(at, rng.choice(team.planners), state="cancel", reservation_state=False)
        order.cancel()
        return None
    if rng.random() < 0.05:
        ready = order.office.wait(rng, ready, Wait(3.0))
        quantity = max(1.0, float(round(order.product_qty * rng.choice((0.5, 0.8, 1.2, 1.5)))))
        for move in order.raws:
            move.demand = round(move.demand / order.product_qty * quantity, 2)
            move.quantity, move.written = move.demand, ready
        order.made.demand, order.made.written = quantity, ready
        order.change(ready, rng.choice(team.planners), product_qty=quantity)
        order.changed = ready
    return ready


def _begin(order: Order, rng: Random, at: int, **values: object) -> None:
    """Work begins at `at` and the order runs to its end. Odoo writes the actual start over the plan."""
    if at < order.block.now:
        _replan(order, at)
    by = rng.choice(TEAMS[order.plant.code].supervisors)
    _report_early(order, at, by)
    order.change(at, by, state="progress", **values)
    order.plan(at, by, at, order.shop.after(at, 2.0 + order.product_qty / 10))
    order.reserve(at)
    _finish(order, rng, at)


def _report_early(order: Order, at: int, by: int) -> None:
    """In some plants the whole quantity is recorded minutes before work begins, and taken back when it does."""
    dice = Random(f"{order.block.seed}/early/{order.plant.code}/{order.created}/{order.product}")
    reported = max(order.written, at - dice.randrange(60, 600))
    if dice.random() < order.plant.policy.shop.early and reported < at < order.block.now:
        order.change(reported, by, state="to_close")


def _finish(order: Order, rng: Random, started: int) -> None:
    """From work in progress to done, with what is left over in a backorder."""
    by = rng.choice(TEAMS[order.plant.code].supervisors)
    at = order.shop.wait(rng, started, _WORK)
    if rng.random() < 0.7:
        order.change(at, by, state="to_close")
        order.producing = order.product_qty
        at = order.shop.wait(rng, at, _CLOSE)
    elif not order.split and rng.random() < 0.17 and order.product_qty >= 5:
        _split(order, rng, at, by)
        return
    order.change(at, by, state="done", reservation_state=False)
    order.complete(at)


def _split(order: Order, rng: Random, at: int, by: int) -> None:
    """The order ends with a part of its quantity; the rest goes on in a backorder."""
    whole = order.product_qty
    part = float(max(1, int(whole * rng.uniform(0.4, 0.8))))
    order.change(at, by, state="done", reservation_state=False, product_qty=part)
    order.split = 1
    for move in [*order.raws, order.made]:
        move.demand = round(move.demand / whole * part, 2)
    order.complete(at)
    rest = _order(
        order.block, order.plant, rng, at, by, PRODUCT[order.product], whole - part, order.origin,
        split=2, split_from=order, state="progress", reservation_state="assigned", deadline=order.deadline,
        orderpoint=order.orderpoint, priority=order.priority,
    )  # fmt: skip
    rest.responsible, rest.started = order.responsible, at
    rest.reserve(at)
    try:
        _finish(rest, Random(rng.getrandbits(64)), at)
    except NotYet:
        return


def _storekeeper(order: Order, rng: Random) -> int:
    """Who makes an order ready: mostly the person who books the goods in, else the scheduled reservation."""
    storekeepers = TEAMS[order.plant.code].storekeepers
    return ODOOBOT if rng.random() < 0.3 else rng.choice(storekeepers)
