"""The life of purchase orders: asked for, approved or not, delivered."""

from __future__ import annotations

from random import Random

from etl.demo.document import Block, Line, Move, NotYet, Order, Purchase, Review, Transfer
from etl.demo.people import DIRECTOR, ODOOBOT, ROBOT, TEAMS, VENDOR
from etl.demo.plants import ASIA, ASKED, Plant, Wait
from etl.demo.products import BOUGHT_FROM, PRODUCT, vendor_of

# What one list price unit is in the company's currency.
PRICE_LEVEL = {"USD": 1.0, "EUR": 0.92, "SGD": 1.35}
_OFFICE_DAY = 9.0

# Tier definitions of the one company that uses tiers: id, name, who reviews.
TIERS = ((1, "Plant manager", TEAMS[f"{ASIA.name}/SIN"].manager), (2, "Regional finance", DIRECTOR))
REVIEWER = {definition: reviewer for definition, _, reviewer in TIERS}


def replenish(block: Block, plant: Plant, rng: Random, opening: int) -> None:
    """One purchase for stock on the day that opens at `opening`."""
    team = TEAMS[plant.code]
    vendor = rng.choice(list(BOUGHT_FROM[plant.code]))
    offered = BOUGHT_FROM[plant.code][vendor]
    products = rng.sample(offered, min(len(offered), rng.choice((1, 1, 2, 2, 3))))
    created, by, origin = opening + int(3600 * rng.triangular(0.3, 9.0, 3.0)), rng.choice(team.buyers), ""
    if rng.random() < 0.45:
        created, by = opening - 6 * 3600 + int(rng.uniform(0, 900)), ODOOBOT
        origin = f"OP/{plant.id * 100 + products[0].id:05d}"
    elif rng.random() < 0.05:
        by = team.manager
    if created < block.now:
        purchase = _draft(block, plant, rng, created, by, vendor, [(p.id, 0.0) for p in products], origin)
        _live(purchase, rng)


def buy_for(order: Order, missing: Move, rng: Random, at: int) -> Purchase | None:
    """A purchase for one component an order waits for; None when it has not been asked for yet."""
    if at >= order.block.now:
        return None
    by = ODOOBOT if rng.random() < 0.5 else rng.choice(TEAMS[order.plant.code].buyers)
    vendor = vendor_of(order.plant, PRODUCT[missing.product])
    wanted = [(missing.product, missing.demand)]
    purchase = _draft(order.block, order.plant, rng, at, by, vendor, wanted, order)
    _live(purchase, rng, missing)
    return purchase


def _draft(
    block: Block, plant: Plant, rng: Random, created: int, by: int, vendor: int,
    wanted: list[tuple[int, float]], origin: str | Order,
) -> Purchase:  # fmt: skip
    """A new request for quotation; each line buys at least the quantity wanted."""
    buyer = rng.choice(TEAMS[plant.code].buyers) if by == ODOOBOT else by
    budget, lines = rng.lognormvariate(7.6, 1.05) / len(wanted), []
    for product, least in wanted:
        price = PRODUCT[product].price * PRICE_LEVEL[plant.company.currency] * rng.uniform(0.95, 1.1)
        lines.append((product, float(max(round(budget / price, -1), 10, least)), round(price, 2)))
    return draft(block, plant, created, by, vendor, buyer, lines, origin)


def draft(
    block: Block, plant: Plant, created: int, by: int, vendor: int, buyer: int,
    lines: list[tuple[int, float, float]], origin: str | Order,
) -> Purchase:  # fmt: skip
    """A new request for quotation of so much of each product at its price, for the day on which the vendor delivers."""
    planned = block.offices[plant.company.id].after(created, VENDOR[vendor].lead_days * _OFFICE_DAY)
    purchase = Purchase(
        block=block, plant=plant, created=created, created_by=by, origin=origin, vendor=vendor, user_id=buyer,
        planned=planned,
    )  # fmt: skip
    block.purchases.append(purchase)
    for product, quantity, price in lines:
        line = Line(
            purchase=purchase, product=product, quantity=quantity, price=price, planned=planned, created=created,
            written=created,
        )  # fmt: skip
        purchase.lines.append(line)
        block.lines.append(line)
    purchase.amount_untaxed = _total(purchase)
    return purchase


def order(purchase: Purchase, at: int, by: int) -> list[Move]:
    """The request becomes a purchase order; the moves of the goods that are expected."""
    purchase.change(at, by, state="purchase")
    purchase.approved = at
    return expect(purchase, at, [(line, line.quantity) for line in purchase.lines])


def receive(moves: list[Move], at: int) -> None:
    """All goods of an order are booked in, without inspection; NotYet when that lies ahead."""
    purchase = moves[0].line.purchase
    if at >= purchase.block.now:
        raise NotYet
    purchase.received = purchase.written = at
    arrive(moves, at)


def _total(purchase: Purchase, more: float = 0.0) -> float:
    """The untaxed amount of the lines, with `more` pieces on the first."""
    first, *others = purchase.lines
    amounts = [(first.quantity + more) * first.price, *(line.quantity * line.price for line in others)]
    return round(sum(round(amount, 2) for amount in amounts), 2)


def _live(purchase: Purchase, rng: Random, missing: Move | None = None) -> None:
    """Everything that happens to a request for quotation, up to now."""
    office, buyer, team = purchase.office, purchase.user_id, TEAMS[purchase.plant.code]
    try:
        at = office.wait(rng, purchase.created, Wait(1.5 if missing else 4.0))
        if rng.random() < 0.25:
            line = purchase.lines[0]
            purchase.change(at, buyer, amount_untaxed=_total(purchase, more=10.0))
            line.quantity += 10.0
            line.written = at
            at = office.wait(rng, at, Wait(1.0))
        if rng.random() < ASKED:
            hand = Random(f"{purchase.block.seed}/asked/{purchase.plant.code}/{purchase.created}/{purchase.vendor}")
            is_written = hand.random() >= purchase.plant.policy.logistics.phoned
            if is_written:
                purchase.change(at, buyer, state="sent")
            answer = office.wait(rng, at, Wait(4.0))
            if is_written:
                purchase.say(answer, ODOOBOT, "email", author=purchase.vendor)
            at = office.wait(rng, answer, Wait(2.0))
        if rng.random() < 0.03 and not missing:
            purchase.change(at, buyer, state="cancel")
            return
        if rng.random() < 0.04:
            purchase.change(at, team.manager, user_id=rng.choice(team.buyers))
            at = office.wait(rng, at, Wait(2.0))
        approved = _approve(purchase, rng, at)
        if approved is not None:
            _receive(purchase, rng, approved, missing)
    except NotYet:
        return


def _approve(purchase: Purchase, rng: Random, at: int) -> int | None:
    """The way of the plant's company to a purchase order; when that is, None when refused."""
    approval, team = purchase.plant.policy.approval, TEAMS[purchase.plant.code]
    by, buyer = purchase.user_id, purchase.user_id
    small = purchase.amount_untaxed < approval.limit
    if small and purchase.created_by == ODOOBOT and rng.random() < purchase.plant.policy.release.automated:
        by = ROBOT
    elif not small and approval.tiers:
        at = _review(purchase, rng, at)
        if at is None:
            return None
    elif not small and buyer != team.manager:
        purchase.change(at, buyer, state="to approve")
        at, by = purchase.office.wait(rng, at, approval.wait), team.manager
        if rng.random() < 0.04:
            purchase.change(at, by, state="cancel")
            return None
    purchase.change(at, by, state="purchase")
    purchase.approved = at
    return at


def _review(purchase: Purchase, rng: Random, at: int) -> int | None:
    """Two tiers in sequence; when the buyer confirms afterwards, None when a tier refused."""
    block, approval = purchase.block, purchase.plant.policy.approval
    if at >= block.now:
        raise NotYet
    reviews = [
        Review(
            purchase=purchase, definition=definition, sequence=number, requested_by=purchase.user_id,
            status="waiting" if number > 1 else "pending", created=at, written=at,
        )
        for number, (definition, _, _) in enumerate(TIERS, start=1)
    ]  # fmt: skip
    block.reviews.extend(reviews)
    purchase.say(at, purchase.user_id, "notification")
    share = approval.forgotten if purchase.created >= block.forgetful else 0.0
    forgotten = rng.randrange(2) if rng.random() < share else None
    hand = Random(f"{block.seed}/stamp/{purchase.plant.code}/{purchase.created}/{purchase.vendor}")
    for number, (review, (_, _, reviewer)) in enumerate(zip(reviews, TIERS, strict=True)):
        if number == forgotten:
            raise NotYet
        asked, at = at, purchase.office.wait(rng, at, approval.wait)
        refused = rng.random() < 0.03
        if number > 0 and not refused and hand.random() < approval.stamped:
            at = asked + hand.randrange(2, 9)
        if at >= block.now:
            raise NotYet
        review.status, review.done_by = "rejected" if refused else "approved", reviewer
        review.reviewed = review.written = at
        for later in reviews[number + 1 :]:
            later.status, later.written = "cancel" if refused else "pending", at
            if not refused:
                break
        if refused:
            at = purchase.office.wait(rng, at, Wait(3.0))
            purchase.change(at, purchase.user_id, state="cancel")
            return None
    return purchase.office.wait(rng, at, Wait(1.0))


def _receive(purchase: Purchase, rng: Random, approved: int, missing: Move | None) -> None:
    """The vendor delivers, late more often than early, and now and then in two parts."""
    block, shop = purchase.block, purchase.shop
    days = 2.5 if missing else VENDOR[purchase.vendor].lead_days
    moves = expect(purchase, approved, [(line, line.quantity) for line in purchase.lines])
    if missing:
        moves[0].feed(missing)
    at = shop.wait(rng, approved, Wait(days * 16 * 0.95, 0.35))
    in_parts, share, late = rng.random() < 0.08, rng.uniform(0.3, 0.7), shop.wait(rng, at, Wait(48.0))
    if at >= block.now:
        return
    first, whole = moves[0], moves[0].demand
    if in_parts:
        first.demand = float(int(whole * share))
    purchase.received = purchase.written = at
    arrive(moves, at)
    _inspect(moves, at)
    if in_parts:
        remaining = expect(purchase, at, [(first.line, whole - first.demand)], moves[0].transfer)
        if late < block.now:
            purchase.written = late
            arrive(remaining, late)


def _inspect(moves: list[Move], arrived: int) -> None:
    """Some of what arrived is handed on into quarantine, and on from there: mostly into stock."""
    purchase, block = moves[0].line.purchase, moves[0].line.purchase.block
    plant, policy = purchase.plant, purchase.plant.policy.inspection
    dice = Random(f"{block.seed}/inspect/{plant.code}/{purchase.created}/{purchase.vendor}/{arrived}")
    for move in moves:
        if dice.random() >= policy.share:
            continue
        held = arrived + int(dice.uniform(300, 3000))
        verdict = purchase.office.wait(dice, held, policy.wait)
        target = dice.choices(("stock", "scrap", "vendors"), (85, 7, 8))[0]
        before = move
        for at, places in ((held, ("stock", "quarantine")), (verdict, ("quarantine", target))):
            if at < block.now:
                handed_on = Move(
                    plant=plant, product=move.product, demand=move.demand, created=at, at=at, written=at,
                    state="done", quantity=move.demand, receipt=move.transfer, places=places,
                )  # fmt: skip
                block.moves.append(handed_on)
                before.feed(handed_on)
                before.written = at
                before = handed_on


def expect(
    purchase: Purchase, created: int, wanted: list[tuple[Line, float]], backorder_of: Transfer | None = None
) -> list[Move]:
    """The moves of a receipt that is expected: ready from its birth, as the goods come from outside."""
    block = purchase.block
    receipt = Transfer(
        block=block, plant=purchase.plant, created=created, created_by=ODOOBOT, origin=purchase, kind="incoming",
        places=("vendors", "stock"), scheduled=purchase.planned, state="assigned", deadline=purchase.planned,
        partner=purchase.vendor, purchase=purchase, backorder_of=backorder_of,
    )  # fmt: skip
    block.transfers.append(receipt)
    receipt.moves = [
        Move(
            plant=purchase.plant, product=line.product, demand=quantity, created=created, at=line.planned,
            written=created, state="assigned", quantity=quantity, deadline=line.planned, line=line,
            transfer=receipt,
        )
        for line, quantity in wanted
    ]  # fmt: skip
    block.moves.extend(receipt.moves)
    return receipt.moves


def arrive(moves: list[Move], at: int) -> None:
    """The goods are booked in."""
    receipt = moves[0].transfer
    storekeeper = Random(f"{receipt.block.seed}/receipt/{receipt.plant.code}/{at}").choice(
        TEAMS[receipt.plant.code].storekeepers
    )
    receipt.change(at, storekeeper, state="done")
    receipt.done = at
    for move in moves:
        move.set(at, "done", move.demand)
        move.line.received += move.demand
        move.line.written = at
