"""Vendors' bills, landed costs, and what goods and orders cost in the demo group."""

from __future__ import annotations

from collections import defaultdict
from random import Random

from etl.demo.basics import UNIT, currency_id
from etl.demo.clock import NEVER, stamp
from etl.demo.document import Bill, Block, Item, LandedCost, Line, Move, NotYet, Order, Purchase, Transfer
from etl.demo.people import ADMIN, TEAMS, VENDOR, VENDORS
from etl.demo.plants import COMPANIES, PLANTS, Wait
from etl.demo.products import BOUGHT_FROM, CARTON, CASTING, CRATE, EXTRA, PRODUCT, PRODUCTS, cost, vendor_of
from etl.demo.purchasing import PRICE_LEVEL

# From far away: what they deliver has freight and duty.
OVERSEAS = {
    vendor.partner_id
    for vendor in VENDORS
    if vendor.name in ("Shenzhen Sensor Works", "Osaka Bearing", "Taichung Fasteners")
}
_PAID_AFTER = 30 * 86400
_COMES, _ENTERED = Wait(8.0, 0.6), Wait(4.0, 0.6)
_FREIGHT, _CHECKED = Wait(14.0, 0.5, most=45.0), Wait(6.0, 0.6, most=30.0)
# Costs of orders scatter this much around what the plant needs; a few are far off.
_SCATTER, _FAR_OFF, _FAR = 0.03, 0.01, 0.25


# What one piece costs, by company and product, in the company's currency.
STANDARD_COST = {
    (company.id, product.id): round(cost(product, PRODUCT) * PRICE_LEVEL[company.currency], 2)
    for company in COMPANIES
    for product in (*PRODUCTS, *EXTRA)
}


def simulate(block: Block) -> None:
    """Bills of what was received, landed costs of what came from far, and the value of what orders took."""
    arrived: dict[int, list[Move]] = defaultdict(list)
    for move in block.moves:
        if move.line and move.state == "done" and not move.places:
            arrived[id(move.line)].append(move)
    for purchase in block.purchases:
        if purchase.received != NEVER:
            _bill(purchase, arrived)
    receipts: dict[int, tuple[Transfer, int]] = {}
    for moves in arrived.values():
        for move in moves:
            receipts[id(move.transfer)] = move.transfer, move.at
    for receipt, at in receipts.values():
        if receipt.purchase.vendor in OVERSEAS:
            _land(receipt, at)
    for order in block.orders:
        if order.state == "done":
            _value(order)


def _bill(purchase: Purchase, arrived: dict[int, list[Move]]) -> None:
    """The bill of what had come when it was written, up to now."""
    block, office = purchase.block, purchase.office
    dice = Random(f"{block.seed}/bill/{purchase.plant.code}/{purchase.created}/{purchase.vendor}")
    created = office.wait(dice, purchase.received, _COMES)
    if created >= block.now:
        return
    is_off = dice.random() < purchase.plant.policy.costing.mismatch
    factor = dice.choice(((1.0, 1.06), (1.1, 1.0))) if is_off else (1.0, 1.0)
    items = []
    for line in purchase.lines:
        come = sum(move.quantity for move in arrived[id(line)] if move.at <= created)
        if come:
            quantity, price = (part if not items else 1.0 for part in factor)
            items.append(Item(line, round(come * quantity, 2), round(line.price * price, 2)))
    by = TEAMS[purchase.plant.code].buyers[0]
    bill = Bill(
        block=block, plant=purchase.plant, created=created, created_by=by, purchase=purchase, items=items, is_off=is_off
    )
    block.bills.append(bill)
    try:
        posted = office.wait(dice, created, _ENTERED)
        bill.change(posted, by, state="posted")
        for line, quantity, _ in items:
            line.billed += quantity
        paid = office.wait(dice, posted + _PAID_AFTER, _ENTERED)
        bill.change(paid, ADMIN, payment_state="paid")
        bill.paid = paid
    except NotYet:
        return


def _land(receipt: Transfer, arrived: int) -> None:
    """Freight and duty of a receipt, now and then forgotten, or entered and never validated."""
    purchase = receipt.purchase
    block, office = purchase.block, purchase.office
    dice = Random(f"{block.seed}/freight/{purchase.plant.code}/{purchase.created}/{purchase.vendor}/{arrived}")
    created, what = office.wait(dice, arrived, _FREIGHT), dice.random()
    done = office.wait(dice, created, _CHECKED)
    amount = round(max(40.0, purchase.amount_untaxed * dice.uniform(0.04, 0.09)), 2)
    if created < block.now and what > 0.03:
        finished = done if done < block.now and what > 0.05 else None
        block.landed_costs.append(LandedCost(receipt=receipt, created=created, amount=amount, done=finished))


def cost_factor(order: Order) -> float:
    """What an order costs for each unit of money it should cost."""
    dice = Random(f"{order.block.seed}/cost/{order.plant.code}/{order.created}/{order.product}/{order.split}")
    factor = 1 + order.plant.policy.costing.overuse + dice.uniform(-_SCATTER, _SCATTER)
    return factor + _FAR if dice.random() < _FAR_OFF else factor


def _value(order: Order) -> None:
    """Value the moves of an order that is done: the product at its standard, the components at what they cost."""
    company = order.plant.company.id
    order.made.value = round(order.made.quantity * STANDARD_COST[company, order.product], 2)
    took = [(move, move.quantity * STANDARD_COST[company, move.product]) for move in order.raws]
    # By what they are worth, substitutes too: together what the order costs.
    scale = cost_factor(order) * order.made.value / (sum(worth for _, worth in took) or 1.0)
    for move, worth in took:
        move.value = round(worth * scale, 2)


def records(block: Block) -> dict[str, list[dict]]:
    """Records of bills and their lines, landed costs, and of costs and vendors' prices; documents must have ids."""
    lines: list[dict] = []
    for bill in block.bills:
        bill.name = f"BILL/{stamp(bill.created)[:4]}/{bill.id:05d}"
        lines += [_line(bill, item.line, item.quantity, item.price) for item in bill.items]
        lines.append(_total(bill))
    return {
        "account_move": [_record(bill) for bill in block.bills],
        "account_move_line": [line | {"id": number} for number, line in enumerate(lines, start=1)],
        "stock_landed_cost": [_landed(cost) for cost in block.landed_costs],
        "product_value": _values(stamp(block.start - 200 * 86400)),
        "product_supplierinfo": _prices(stamp(block.start - 200 * 86400)),
    }


def amount(bill: Bill) -> float:
    """What a bill says is to be paid."""
    return round(sum(round(quantity * price, 2) for _, quantity, price in bill.items), 2)


def _record(bill: Bill) -> dict:
    purchase, total, day = bill.purchase, amount(bill), stamp(bill.created)[:10]
    return {
        "id": bill.id,
        "name": bill.name,
        "move_type": "in_invoice",
        "state": bill.state,
        "payment_state": bill.payment_state,
        "invoice_origin": purchase.name,
        "ref": f"R{bill.id:06d}",
        "partner_id": purchase.vendor,
        "commercial_partner_id": purchase.vendor,
        "partner_bank_id": purchase.vendor - 100,
        "company_id": bill.plant.company.id,
        "currency_id": currency_id(bill.plant),
        "journal_id": False,
        "invoice_user_id": bill.created_by,
        "reversed_entry_id": False,
        "invoice_date": day,
        "date": day,
        "invoice_date_due": stamp(bill.created + _PAID_AFTER)[:10],
        "amount_untaxed": total,
        "amount_tax": 0.0,
        "amount_total": total,
        "amount_residual": 0.0 if bill.paid else total,
        "amount_total_signed": -total,
        "posted_before": bill.state == "posted",
        "create_date": stamp(bill.created),
        "create_uid": bill.created_by,
        "write_date": stamp(bill.written),
    }


def _line(bill: Bill, line: Line, quantity: float, price: float) -> dict:
    subtotal = round(quantity * price, 2)
    return _entry(bill) | {
        "display_type": "product",
        "product_id": line.product,
        "product_uom_id": UNIT,
        "purchase_line_id": line.id,
        "quantity": quantity,
        "price_unit": price,
        "price_subtotal": subtotal,
        "balance": subtotal,
    }


def _total(bill: Bill) -> dict:
    """The line of what is owed to the vendor."""
    return _entry(bill) | {
        "display_type": "payment_term",
        "balance": -amount(bill),
        "reconciled": bill.paid is not None,
        "date_maturity": stamp(bill.created + _PAID_AFTER)[:10],
    }


def _entry(bill: Bill) -> dict:
    """What all lines of a bill have in common."""
    return {
        "move_id": bill.id,
        "parent_state": bill.state,
        "display_type": False,
        "product_id": False,
        "product_uom_id": False,
        "purchase_line_id": False,
        "account_id": False,
        "company_id": bill.plant.company.id,
        "currency_id": currency_id(bill.plant),
        "quantity": 0.0,
        "price_unit": 0.0,
        "price_subtotal": 0.0,
        "balance": 0.0,
        "is_landed_costs_line": False,
        "reconciled": False,
        "date": stamp(bill.created)[:10],
        "date_maturity": False,
        "create_date": stamp(bill.created),
        "write_date": stamp(bill.written),
    }


def _landed(cost: LandedCost) -> dict:
    plant = cost.receipt.purchase.plant
    written = cost.done or cost.created
    return {
        "id": cost.id,
        "name": f"LC/{stamp(cost.created)[:4]}/{cost.id:04d}",
        "state": "done" if cost.done else "draft",
        "target_model": "picking",
        "picking_ids": [cost.receipt.id],
        "mrp_production_ids": [],
        "vendor_bill_id": False,
        "account_move_id": False,
        "company_id": plant.company.id,
        "amount_total": cost.amount,
        "date": stamp(written)[:10],
        "create_date": stamp(cost.created),
        "create_uid": TEAMS[plant.code].buyers[0],
        "write_date": stamp(written),
    }


def _values(written: str) -> list[dict]:
    """The cost of each product in each company, as somebody once set it."""
    return [
        {
            "id": number,
            "product_id": product,
            "lot_id": False,
            "move_id": False,
            "company_id": company,
            "value": cost,
            "date": written,
            "user_id": ADMIN,
            "create_date": written,
            "write_date": written,
        }
        for number, ((company, product), cost) in enumerate(sorted(STANDARD_COST.items()), start=1)
    ]


def _prices(written: str) -> list[dict]:
    """What each plant's vendors ask for what it buys from them, and after how many days they deliver."""
    offers = [
        (plant, vendor, product)
        for plant in PLANTS
        for vendor, products in (
            *BOUGHT_FROM[plant.code].items(),
            (VENDORS[0].partner_id, [CRATE]),
            *((vendor_of(plant, product), [product]) for product in (CARTON, CASTING)),
        )
        for product in products
    ]
    # Two plants of one company share a vendor's price.
    single = {(plant.company, vendor, product): plant for plant, vendor, product in offers}
    return [
        {
            "id": number,
            "partner_id": vendor,
            "product_tmpl_id": product.template_id,
            "product_id": False,
            "product_uom_id": UNIT,
            "company_id": company.id,
            "currency_id": currency_id(plant),
            "min_qty": 0.0,
            "price": round(product.price * PRICE_LEVEL[company.currency], 2),
            "discount": 0.0,
            "delay": round(VENDOR[vendor].lead_days * 1.4),
            "date_start": False,
            "date_end": False,
            "sequence": 1,
            "create_date": written,
            "create_uid": ADMIN,
            "write_date": written,
        }
        for number, ((company, vendor, product), plant) in enumerate(single.items(), start=1)
    ]
