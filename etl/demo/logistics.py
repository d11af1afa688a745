"""The life of sales orders and transfers: deliveries, transfers within a plant and between plants, back-orders; and
what vendors confirm and orders take instead of what they should. All of it has random numbers of its own: it changes
nothing of what production and purchasing do."""

from __future__ import annotations

from datetime import date
from itertools import permutations
from random import Random

from etl.demo.document import Block, Move, NotYet, Sale, SaleLine, Transfer
from etl.demo.people import ODOOBOT, PUBLIC, TEAMS, customers_of
from etl.demo.plants import CRATES, PLANTS, Plant, Wait
from etl.demo.products import COMPONENTS, CRATE, MADE_IN, PRODUCT, Product

_SHORT = Wait(14.0, 0.8, most=120.0)
_REST = Wait(30.0, 0.5, most=150.0)
_DRIVE = Wait(34.0, 0.3, most=90.0)
_BOOK_IN = Wait(5.0, 0.6, most=40.0)
_A_DAY_BETWEEN, _A_DAY_WITHIN = 0.25, 0.15
_PROMISED_DAYS, _OFFICE_DAY = (4, 5, 6, 8), 9.0
_CONFIRMED = 0.8


def simulate(block: Block) -> None:
    """Sales orders with their deliveries, transfers, and confirmations of purchases, up to now."""
    for plant in PLANTS:
        for day, opening in days(block, plant):
            dice = Random(f"{block.seed}/logistics/{plant.code}/{day}")
            if dice.random() < plant.sales:
                _sell(block, plant, Random(dice.getrandbits(64)), opening)
            if dice.random() < _A_DAY_WITHIN:
                _restock(block, plant, Random(dice.getrandbits(64)), opening)
        _use_crates(block, plant)
    for here, there in permutations(PLANTS, 2):
        if here.company is there.company:
            for day, opening in days(block, there):
                dice = Random(f"{block.seed}/between/{here.code}/{there.code}/{day}")
                if dice.random() < _A_DAY_BETWEEN:
                    _send(block, here, there, dice, opening)
    _confirm(block)
    _substitute(block)


def days(block: Block, plant: Plant) -> list[tuple[date, int]]:
    """The days of a plant from the start until now, and when each opens."""
    office = block.offices[plant.company.id]
    days = zip(office.days, office.opens, strict=True)
    return [(day, opening) for day, opening in days if block.start <= opening < block.now]


def _sell(block: Block, plant: Plant, rng: Random, opening: int) -> None:
    """A customer asks for a few products, says yes, and gets them: in time or late, at once or in two parts."""
    created, salesman = opening + int(rng.uniform(0, 30000)), rng.choice(TEAMS[plant.code].planners)
    if created >= block.now:
        return
    office = block.offices[plant.company.id]
    ordered = office.after(created, rng.uniform(0.3, 6.0))
    promised = office.after(ordered, rng.choice(_PROMISED_DAYS) * _OFFICE_DAY)
    sale = Sale(
        block=block, plant=plant, created=created, created_by=salesman, user_id=salesman, ordered=ordered,
        customer=rng.choice(customers_of(plant)), promised=promised,
    )  # fmt: skip
    block.sales.append(sale)
    for product in rng.sample(MADE_IN[plant.code], rng.choice((1, 1, 1, 2, 3))):
        quantity = float(rng.choice((2, 4, 5, 10, 20)))
        sale.lines.append(
            SaleLine(
                sale=sale, product=product.id, quantity=quantity, price=product.price, created=created, written=created
            )
        )
    block.sale_lines.extend(sale.lines)
    try:
        if rng.random() < 0.05:
            sale.change(ordered, salesman, state="cancel")
            return
        sale.change(ordered, salesman, state="sale")
        delivery = _transfer(
            plant, "outgoing", ("stock", "customers"), ordered, ODOOBOT, promised - 86400, block=block,
            origin=sale, sale=sale, partner=sale.customer, deadline=promised,
        )  # fmt: skip
        for line in sale.lines:
            _move(delivery, line.product, line.quantity, sale_line=line)
        _deliver(delivery, rng)
    except NotYet:
        return


def _transfer(
    plant: Plant, kind: str, places: tuple[str, str], created: int, by: int, scheduled: int, **values: object
) -> Transfer:
    """A transfer that waits for its goods."""
    block = values["block"]
    transfer = Transfer(
        plant=plant, kind=kind, places=places, created=created, created_by=by, scheduled=scheduled,
        state="confirmed", **values,
    )  # fmt: skip
    block.transfers.append(transfer)
    return transfer


def _move(transfer: Transfer, product: int, quantity: float, **values: object) -> Move:
    """A move of a transfer, between its places."""
    move = Move(
        plant=transfer.plant, product=product, demand=quantity, created=transfer.created, at=transfer.scheduled,
        written=transfer.created, state="confirmed", deadline=transfer.deadline, transfer=transfer,
        places=transfer.places, **values,
    )  # fmt: skip
    transfer.moves.append(move)
    transfer.block.moves.append(move)
    return move


def _reserve(transfer: Transfer, at: int, by: int) -> None:
    """All goods are set aside."""
    transfer.change(at, by, state="assigned")
    for move in transfer.moves:
        move.set(at, "assigned", move.demand)
        move.reserved = at


def _finish(transfer: Transfer, at: int, by: int) -> None:
    """What is reserved has moved."""
    transfer.change(at, by, state="done")
    transfer.done = at
    for move in transfer.moves:
        move.set(at, "done", move.demand)
        if move.sale_line:
            move.sale_line.delivered += move.demand
            move.sale_line.written = at
    if transfer.sale:
        transfer.sale.delivered = min(transfer.sale.delivered, at)
        transfer.sale.written = max(transfer.sale.written, at)


def _deliver(delivery: Transfer, rng: Random) -> None:
    """Ready at once or when the goods are there, put off now and then, and out: all of it, or a part first."""
    shop, policy = delivery.shop, delivery.plant.policy.logistics
    storekeepers, team = TEAMS[delivery.plant.code].storekeepers, TEAMS[delivery.plant.code]
    at = delivery.created + 60 if rng.random() < 0.75 else shop.wait(rng, delivery.created, _SHORT)
    _reserve(delivery, at, ODOOBOT)
    put_off, part, cancelled = rng.random() < 0.1, rng.random() < policy.split, rng.random() < 0.03
    done, by, share = shop.wait(rng, at, policy.pick), rng.choice(storekeepers), rng.uniform(0.3, 0.7)
    if put_off:
        moment = at + (done - at) // 3
        delivery.change(moment, rng.choice(team.planners), scheduled=delivery.scheduled + 2 * 86400)
    if cancelled:
        delivery.change(done, by, state="cancel")
        for move in delivery.moves:
            move.set(done, "cancel", 0.0)
        return
    if done >= delivery.block.now or not part:
        _finish(delivery, done, by)
        return
    first = delivery.moves[0]
    whole, first.demand = first.demand, max(1.0, float(int(first.demand * share)))
    _finish(delivery, done, by)
    rest = _transfer(
        delivery.plant, delivery.kind, delivery.places, done, by, delivery.scheduled, block=delivery.block,
        origin=delivery.origin, sale=delivery.sale, partner=delivery.partner, deadline=delivery.deadline,
        backorder_of=delivery,
    )  # fmt: skip
    _move(rest, first.product, whole - first.demand, sale_line=first.sale_line)
    ready = shop.wait(rng, done, _REST)
    _reserve(rest, ready, ODOOBOT)
    _finish(rest, shop.wait(rng, ready, Wait(3.0)), rng.choice(storekeepers))


def _restock(block: Block, plant: Plant, rng: Random, opening: int) -> None:
    """Components go from stock to the shop floor."""
    created, by = opening + int(rng.uniform(0, 30000)), rng.choice(TEAMS[plant.code].storekeepers)
    if created >= block.now:
        return
    try:
        transfer = _transfer(plant, "internal", ("stock", "shop"), created, by, created + 86400, block=block)
        _move(transfer, rng.choice(COMPONENTS).id, float(rng.choice((10, 20, 50))))
        _reserve(transfer, created + 30, by)
        _finish(transfer, block.shops[plant.company.id].wait(rng, created, plant.policy.logistics.pick), by)
    except NotYet:
        return


def _use_crates(block: Block, plant: Plant) -> None:
    """Crates go to the shop floor; some time after too few are left, more are sent for from the depot. What has been
    asked for counts as gone, or as there, at once."""
    forecast = there = CRATES[1]
    coming, by = 0, TEAMS[plant.code].storekeepers[0]
    for day, opening in days(block, plant):
        dice = Random(f"{block.seed}/crates/{plant.code}/{day}")
        if coming and coming <= opening:
            there += carry(block, plant, dice, CRATE, ("depot", "stock"), coming, CRATES[1] - forecast, by)
            forecast, coming = CRATES[1], 0
        at, quantity = opening + int(dice.uniform(600, 30000)), float(dice.choice((14, 18, 22)))
        if dice.random() < 0.25 and at < block.now:
            there -= carry(block, plant, dice, CRATE, ("stock", "shop"), at, quantity, by)
            forecast -= quantity
            if forecast < CRATES[0] and not coming:
                coming = block.offices[plant.company.id].wait(dice, at, plant.policy.logistics.reorder)
    block.crates[plant.id] = there


def carry(
    block: Block, plant: Plant, dice: Random, product: Product, places: tuple[str, str], at: int, quantity: float,
    by: int,
) -> float:  # fmt: skip
    """Some of a product is asked for and then carried over; how much of it has been by now."""
    if at >= block.now:
        return 0.0
    transfer = _transfer(plant, "internal", places, at, by, at + 86400, block=block)
    _move(transfer, product.id, quantity)
    try:
        _reserve(transfer, at + 30, by)
        _finish(transfer, block.shops[plant.company.id].wait(dice, at, plant.policy.logistics.pick), by)
    except NotYet:
        return 0.0
    return quantity


def put(
    block: Block, plant: Plant, product: int, places: tuple[str, str], at: int, quantity: float, by: int,
    **values: object,
) -> None:  # fmt: skip
    """Goods go from one place to another within a minute; NotYet when that lies ahead."""
    kind = "outgoing" if places[1] == "vendors" else "internal"
    transfer = _transfer(plant, kind, places, at, by, at + 86400, block=block)
    _move(transfer, product, quantity, **values)
    _reserve(transfer, at + 30, by)
    _finish(transfer, at + 60, by)


def _send(block: Block, here: Plant, there: Plant, rng: Random, opening: int) -> None:
    """One plant asks the other for components: out of the one, on the road, and into the other."""
    created, product = opening + int(rng.uniform(0, 30000)), rng.choice(COMPONENTS).id
    if created >= block.now:
        return
    quantity, planned = float(rng.choice((10, 20, 50, 100))), created + 4 * 86400
    arrival = _transfer(there, "incoming", ("transit", "stock"), created, ODOOBOT, planned, block=block)
    arrival.state = "waiting"
    departure = _transfer(here, "outgoing", ("stock", "transit"), created, ODOOBOT, planned - 2 * 86400, block=block)
    into, out = _move(arrival, product, quantity), _move(departure, product, quantity)
    into.state = "waiting"
    out.feed(into)
    try:
        ready = created + 60 if rng.random() < 0.8 else departure.shop.wait(rng, created, _SHORT)
        _reserve(departure, ready, ODOOBOT)
        gone = departure.shop.wait(rng, ready, here.policy.logistics.pick)
        _finish(departure, gone, rng.choice(TEAMS[here.code].storekeepers))
        _reserve(arrival, gone, ODOOBOT)
        arrived = arrival.shop.wait(rng, arrival.shop.wait(rng, gone, _DRIVE), _BOOK_IN)
        _finish(arrival, arrived, rng.choice(TEAMS[there.code].storekeepers))
    except NotYet:
        return


def _confirm(block: Block) -> None:
    """Most vendors confirm what was ordered, some of them only after the goods came. They do so by the link in the
    mail: Odoo books it as the public user."""
    for purchase in block.purchases:
        if purchase.approved is None or purchase.state == "cancel":
            continue
        dice = Random(f"{block.seed}/confirm/{purchase.plant.code}/{purchase.created}/{purchase.vendor}")
        confirmed = purchase.office.wait(dice, purchase.approved, purchase.plant.policy.logistics.confirm)
        if dice.random() < _CONFIRMED and confirmed < block.now:
            written = purchase.written, purchase.written_by
            purchase.change(confirmed, PUBLIC, acknowledged=True)
            purchase.written, purchase.written_by = max(written, (confirmed, PUBLIC))


def _substitute(block: Block) -> None:
    """Some orders take another component than their bill of materials has."""
    for order in block.orders:
        dice = Random(f"{block.seed}/substitute/{order.plant.code}/{order.created}/{order.product}")
        if order.state != "done" or dice.random() >= order.plant.policy.logistics.substitutes:
            continue
        # Nothing that was ordered for this very order, nor what it waited for.
        swapped = [] if order.waited else [move for move in order.raws if not PRODUCT[move.product].components]
        used = {move.product for move in order.raws}
        for move in swapped[:1]:
            move.product = dice.choice([part.id for part in COMPONENTS if part.id not in used])
            move.substitute = True
