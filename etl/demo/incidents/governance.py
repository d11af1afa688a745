"""What internal control must hear of: approvals, bank accounts, bills, costs, prices, changes of what is being made.

Most follow from how the plants work; the rest is added, beside what is nearly one of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from etl.demo.accounting import OVERSEAS, STANDARD_COST, cost_factor
from etl.demo.basics import SCRAP, UNIT, currency_id, stock_location_id
from etl.demo.clock import stamp
from etl.demo.document import Block, Order, Purchase
from etl.demo.incidents import Incident, add, add_change, add_like
from etl.demo.people import ADMIN, COMPANY_PARTNER, TEAMS, VENDORS, bank_account
from etl.demo.plants import PLANTS
from etl.demo.products import CRATE, MADE, PRODUCT, PRODUCTS

_DAY = 86400
_MILWAUKEE, _LYON, _SINGAPORE, _TULSA = PLANTS
_BILL, _ORDER, _PURCHASE = "account.move", "mrp.production", "purchase.order"


def plant(block: Block, found: dict[str, list[dict]]) -> list[Incident]:
    return [
        *_approvals(block, found),
        *_accounts(block, found),
        *_changed_orders(block, found),
        *_adjustments(block, found),
        *_bills(block),
        *_landed_costs(block),
        *_sales(block, found),
        *_variances(block),
        *_master_data(block, found),
    ]


def _days_ago(block: Block, days: int) -> int:
    """The first moment of the day (UTC) that many days before today."""
    return block.now - block.now % _DAY - days * _DAY


# ------------------------------------------------------------ approvals


class Approval(NamedTuple):
    """Who asked for an approval, and who gave it when."""

    at: int
    requester: int
    approver: int


def _approvals(block: Block, found: dict[str, list[dict]]) -> Iterator[Incident]:
    """Managers who approve what they made themselves; and, added, who asks or approves without being the one to."""
    granted = _granted(block)
    named = set()
    for purchase in block.purchases:
        for approval in granted.get(purchase.id, []):
            if approval.at >= _days_ago(block, 90) and purchase.state != "cancel":
                if approval.requester == approval.approver:
                    named.add(("approved_by_requester", purchase.id, purchase.plant.code))
                elif approval.approver == purchase.created_by:
                    named.add(("approved_by_creator", purchase.id, purchase.plant.code))
    ordered = [purchase for purchase in block.purchases if purchase.state == "purchase" and purchase.approved]
    for plant, rule, by_whom, days in (
        (_LYON, "approved_by_requester", "buyers", 20),
        (_MILWAUKEE, "approved_by_creator", "manager", 30),
        (_TULSA, "approved_without_role", "storekeepers", 10),
        (_LYON, None, "buyers", 200),
    ):
        before = [one for one in ordered if one.plant is plant and one.approved < block.now - (days + 2) * _DAY]
        # One that nothing is said about yet.
        for purchase in [one for one in before if one.id not in {id for _, id, _ in named}][-1:]:
            team = TEAMS[plant.code]
            asked = team.buyers[0]
            by = {"buyers": asked, "manager": purchase.created_by, "storekeepers": team.storekeepers[0]}[by_whom]
            if rule == "approved_by_creator":
                asked = team.planners[0]
            reviewers = [team.manager] if rule == "approved_without_role" else [by]
            _reviewed(found, purchase, asked, by, reviewers, block.now - days * _DAY)
            if rule:
                named.add((rule, purchase.id, plant.code))
    yield from (Incident(rule, _PURCHASE, id, code) for rule, id, code in sorted(named))
    yield from _approved_by_a_storekeeper(block, found)


def _granted(block: Block) -> dict[int, list[Approval]]:
    """The approvals of each purchase order, by double validation and by tiers."""
    steps = defaultdict(list)
    for event in sorted(block.events, key=lambda event: event.at):
        if isinstance(event.document, Purchase):
            steps[event.document.id] += [(event.at, event.by, new) for name, _, new in event.changes if name == "state"]
    granted = defaultdict(list)
    for id, taken in steps.items():
        for (_, asked_by, asked), (at, by, new) in pairwise(taken):
            if (asked, new) == ("to approve", "purchase"):
                granted[id].append(Approval(at, asked_by, by))
    for review in block.reviews:
        if review.status == "approved":
            granted[review.purchase.id].append(Approval(review.reviewed, review.requested_by, review.done_by))
    return granted


def _reviewed(found, purchase: Purchase, asked: int, by: int, reviewers: list[int], at: int) -> None:
    """A review after the order, as a purchase above a budget has one."""
    add(
        found,
        "tier_review",
        model=_PURCHASE,
        res_id=purchase.id,
        definition_id=1,
        sequence=1,
        status="approved",
        requested_by=asked,
        done_by=by,
        reviewer_ids=reviewers,
        reviewed_date=stamp(at),
        create_date=stamp(at - 3600),
        write_date=stamp(at),
    )


def _approved_by_a_storekeeper(block: Block, found: dict[str, list[dict]]) -> Iterator[Incident]:
    """A script under a storekeeper's name made a purchase order of one that its buyer had put up for approval."""
    for purchase in [one for one in block.purchases if one.plant is _TULSA and one.state == "cancel"][:1]:
        id = add_like(found, "purchase_order", purchase.id, name="P/SCRIPT/1", state="purchase", acknowledged=True)
        team, at = TEAMS[_TULSA.code], max(block.now - 12 * _DAY, purchase.created)
        add_change(found, at, team.buyers[0], _PURCHASE, id, "state", "RFQ", "To Approve")
        add_change(found, at + 60, team.storekeepers[1], _PURCHASE, id, "state", "To Approve", "Purchase Order")
        yield Incident("approved_without_role", _PURCHASE, id, _TULSA.code)


# ------------------------------------------------------------ vendors' bank accounts and bills


def _accounts(block: Block, found: dict[str, list[dict]]) -> Iterator[Incident]:
    """One vendor's account was written over, another has a new one; a third changed its long ago."""
    written, added, long_ago = VENDORS[1], VENDORS[9], VENDORS[3]
    changes = {
        written.partner_id: block.now - 9 * _DAY,
        added.partner_id: block.now - 6 * _DAY,
        long_ago.partner_id: block.now - 250 * _DAY,
    }
    for vendor in (written, long_ago):
        at, id = changes[vendor.partner_id], vendor.partner_id - 100
        if at > block.start:
            add_change(found, at, ADMIN, "res.partner.bank", id, "acc_number", "[account]", "[number]")
    stamped = stamp(changes[added.partner_id])
    account = bank_account(len(found["res_partner_bank"]) + 1, added.partner_id, stamped)
    add(found, "res_partner_bank", **account)
    paid_before = {b.purchase.vendor for b in block.bills if b.paid and b.paid < changes.get(b.purchase.vendor, 0)}
    for bill in block.bills:
        vendor = bill.purchase.vendor
        changed = changes.get(vendor)
        if bill.state != "posted" or not changed or (vendor == added.partner_id and vendor not in paid_before):
            continue
        end = bill.paid or block.now
        if min(bill.created, end - 30 * _DAY) <= changed <= end and (
            not bill.paid or bill.paid >= _days_ago(block, 30)
        ):
            yield Incident("bank_account_changed_before_payment", _BILL, bill.id, bill.plant.code)


def _bills(block: Block) -> Iterator[Incident]:
    """Bills that do not match and are not paid; what came after the bill makes it match again."""
    for bill in block.bills:
        if bill.state == "posted" and not bill.paid:
            too_many = any(item.line.billed > item.line.received + 0.001 for item in bill.items)
            too_dear = any(abs(item.price / item.line.price - 1) > 0.01 for item in bill.items)
            if too_many or too_dear:
                yield Incident("bill_receipt_mismatch", _BILL, bill.id, bill.plant.code)


def _landed_costs(block: Block) -> Iterator[Incident]:
    """Receipts from overseas whose freight was forgotten, and freight that was entered and not validated."""
    latest = _days_ago(block, 14)
    landed = {id(cost.receipt) for cost in block.landed_costs}
    receipts = {}
    for move in block.moves:
        if move.line and move.state == "done" and not move.places:
            receipts[id(move.transfer)] = move.transfer, move.at
    by_vendor = defaultdict(list)
    for receipt, at in receipts.values():
        if _days_ago(block, 365) <= at < latest:
            by_vendor[receipt.purchase.plant.company.id, receipt.purchase.vendor].append((receipt, at))
    for (_, vendor), came in by_vendor.items():
        with_freight = sum(id(receipt) in landed for receipt, _ in came)
        for receipt, at in came:
            others = len(came) - 1
            if (
                vendor in OVERSEAS
                and id(receipt) not in landed
                and others >= 3
                and with_freight >= 0.9 * others
                and at >= _days_ago(block, 183)
            ):
                plant = receipt.purchase.plant.code
                yield Incident("landed_cost_missing", "stock.picking", receipt.id, plant)
    for cost in block.landed_costs:
        if not cost.done and cost.created < latest:
            yield Incident("landed_cost_missing", "stock.landed.cost", cost.id, cost.receipt.purchase.plant.code)


# ------------------------------------------------------------ production, stock and sales


def _changed_orders(block: Block, found: dict[str, list[dict]]) -> Iterator[Incident]:
    """A component and an operation were changed half an hour ago, under orders that had been released."""
    released = {order.id: order.created for order in block.orders if order.split == 2}
    for event in sorted(block.events, key=lambda event: event.at):
        if isinstance(event.document, Order) and ("state", "confirmed") in {(n, new) for n, _, new in event.changes}:
            released.setdefault(event.document.id, event.at)
    at = block.now - 1800
    works = [o for o in block.orders if o.state in ("confirmed", "progress", "to_close") and released[o.id] < at - 5]
    records = {record["id"]: record for record in found["mrp_production"]}
    confirmed = [order for order in works if order.state == "confirmed"]
    chosen = list(dict.fromkeys(order.product for order in confirmed))[:2]
    rules = (("bom_changed_on_open_order", "mrp_bom_line"), ("routing_changed_on_open_order", "mrp_routing_workcenter"))
    for product, (rule, source) in zip(chosen, rules, strict=False):
        [template] = {one.template_id for one in MADE if one.id == product}
        part = next(record for record in found[source] if record["bom_id"] == template)
        part |= {"write_date": stamp(at), "write_uid": TEAMS[_MILWAUKEE.code].planners[0]}
        touched = [order for order in works if order.product == product]
        # The last of several has been brought in line with it since.
        in_line = [order for order in touched if order.state == "confirmed"][1:][-1:]
        for order in touched:
            if order not in in_line:
                records[order.id]["is_outdated_bom"] = order.state == "confirmed"
                yield Incident(rule, _ORDER, order.id, order.plant.code)


def _adjustments(block: Block, found: dict[str, list[dict]]) -> Iterator[Incident]:
    """A count that found much too little; a small one, scrap, and one of last year."""
    moves = [move for move in block.moves if move.plant is _TULSA and move.consumed_by and move.state == "done"]
    for move in moves[-1:]:
        cost = STANDARD_COST[_TULSA.company.id, move.product]
        places = {"location_id": stock_location_id(_TULSA), "location_dest_id": SCRAP}
        for worth, days, scrap in ((1500, 8, False), (700, 8, False), (2500, 8, 1), (4000, 300, False)):
            quantity = float(worth // cost + 1)
            id = add_like(
                found,
                "stock_move",
                move.id,
                reference="Quantity Updated",
                origin=False,
                raw_material_production_id=False,
                picking_type_id=False,
                product_uom_qty=quantity,
                quantity=quantity,
                value=round(quantity * cost, 2),
                date=stamp(block.now - days * _DAY),
                is_inventory=not scrap,
                create_uid=TEAMS[_TULSA.code].storekeepers[0],
                scrap_id=scrap,
                **places,
            )
            if worth == 1500:
                yield Incident("adjustment_over_limit", "stock.move", id, _TULSA.code)


def _sales(block: Block, found: dict[str, list[dict]]) -> Iterator[Incident]:
    """A quotation sold nearly at cost; one with a fair price, and one that was cancelled."""
    product = next(one for one in MADE if one.name.startswith("Butterfly"))
    cost = STANDARD_COST[_LYON.company.id, product.id]
    created = stamp(block.now - 3 * _DAY)
    for margin, state in ((0.04, "sent"), (0.35, "sent"), (0.04, "cancel")):
        price = round(cost / (1 - margin), 2)
        order = _sale(found, created, state, 10 * price)
        add(
            found,
            "sale_order_line",
            order_id=order,
            state=state,
            display_type=False,
            product_id=product.id,
            product_uom_id=UNIT,
            company_id=_LYON.company.id,
            product_uom_qty=10.0,
            qty_delivered=0.0,
            qty_invoiced=0.0,
            price_unit=price,
            discount=0.0,
            price_subtotal=round(10 * price, 2),
            customer_lead=0.0,
            create_date=created,
            write_date=created,
        )
        if margin < 0.1 and state != "cancel":
            yield Incident("margin_below_limit", "sale.order", order, _LYON.code)


def _sale(found: dict[str, list[dict]], created: str, state: str, amount: float) -> int:
    """A sales order of Lyon."""
    return add(
        found,
        "sale_order",
        name=f"S/GOV/{len(found.get('sale_order', [])) + 1}",
        origin=False,
        client_order_ref=False,
        state=state,
        partner_id=COMPANY_PARTNER[_MILWAUKEE.company.id],
        user_id=TEAMS[_LYON.code].planners[0],
        company_id=_LYON.company.id,
        warehouse_id=_LYON.id,
        currency_id=currency_id(_LYON),
        amount_untaxed=round(amount, 2),
        amount_total=round(amount, 2),
        picking_policy="direct",
        invoice_status="no",
        delivery_status=False,
        date_order=created,
        commitment_date=False,
        effective_date=False,
        stock_reference_ids=[],
        create_date=created,
        create_uid=TEAMS[_LYON.code].planners[0],
        write_date=created,
    )


def _variances(block: Block) -> Iterator[Incident]:
    """Orders of the last two closed months that were far off, and that nobody has said anything on since."""
    said = defaultdict(int)
    for event in block.events:
        if isinstance(event.document, Order) and event.kind == "comment":
            said[event.document.id] = max(said[event.document.id], event.at)
    for order in block.orders:
        if order.state == "done" and abs(cost_factor(order) - 1) >= 0.1 and said[order.id] <= order.done:
            zone = ZoneInfo(order.plant.company.tz)
            this, done = (_month(datetime.fromtimestamp(at, UTC).astimezone(zone)) for at in (block.now, order.done))
            if this - 2 <= done < this:
                yield Incident("variance_unreviewed", _ORDER, order.id, order.plant.code)


def _month(day: datetime) -> int:
    return day.year * 12 + day.month


# ------------------------------------------------------------ master data


def _master_data(block: Block, found: dict[str, list[dict]]) -> Iterator[Incident]:
    written = stamp(block.start - 190 * _DAY)
    yield from _engineering(block, found, written)
    yield from _purchasing(block, found, written)
    yield from _lead_times(block, found)


def _engineering(block: Block, found: dict[str, list[dict]], written: str) -> Iterator[Incident]:
    """A product without operations, one measured in kilograms, one without a cost, one nobody delivers."""
    made = [one for one in MADE if one.name.startswith("Butterfly")]
    bare, mixed = made[0], made[1]
    operation = next(record for record in found["mrp_routing_workcenter"] if record["bom_id"] == bare.template_id)
    operation["active"] = False
    year = stamp(block.now - 364 * _DAY)
    for plant in PLANTS:
        used = [o for o in block.orders if o.plant is plant and o.product == bare.id and stamp(o.created) > year]
        if used:
            yield Incident("bom_without_routing", "mrp.bom", bare.template_id, plant.code)
    like = next(record for record in found["mrp_bom_line"] if record["bom_id"] == mixed.template_id)
    stamps = {"create_date": written, "write_date": written}
    kilogram = add_like(found, "uom_uom", UNIT, name="kg", write_date=written)
    grease = _product(found, "Grease", written, cost=4.0, vendor=False)
    add_like(found, "mrp_bom_line", like["id"], product_id=grease, product_uom_id=kilogram, **stamps)
    yield Incident("unit_mismatch", "mrp.bom", mixed.template_id)
    yield Incident("product_without_vendor", "product.product", grease)
    label = _product(found, "Label", written, cost=0.0, vendor=True)
    add_like(found, "mrp_bom_line", like["id"], product_id=label, **stamps)
    yield Incident("product_without_cost", "product.product", label)
    center = _center(found, written)
    step = {"name": "Engrave", "bom_id": mixed.template_id, "workcenter_id": center}
    add_like(found, "mrp_routing_workcenter", operation["id"], active=True, **step, **stamps)
    yield Incident("workcenter_without_hours", "mrp.workcenter", center)


def _lead_times(block: Block, found: dict[str, list[dict]]) -> Iterator[Incident]:
    """Products that are made, and promised, at once or in a year; what is not sold may be promised for any day."""
    made, sold = MADE[2:4], []
    since = stamp(block.now - 364 * _DAY)
    for line in found["sale_order_line"]:
        if line["state"] == "sale" and line["create_date"] > since and line["product_id"] not in sold:
            sold.append(line["product_id"])
    for product, days in zip(made, (0, 365), strict=True):
        [bom] = [record for record in found["mrp_bom"] if record["id"] == product.template_id]
        bom["produce_delay"] = days
        yield Incident("production_lead_time_implausible", "mrp.bom", product.template_id)
    templates = {record["id"]: record for record in found["product_template"]}
    for id, days in zip(sold[:2], (0, 365), strict=False):
        templates[PRODUCT[id].template_id]["sale_delay"] = days
        yield Incident("customer_lead_time_implausible", "product.template", PRODUCT[id].template_id)
    templates[CRATE.template_id]["sale_delay"] = 0


def _product(found: dict[str, list[dict]], name: str, written: str, cost: float, vendor: bool) -> int:
    """A new product that is bought, with or without a cost and a vendor."""
    original = PRODUCTS[0]
    template = add_like(found, "product_template", original.template_id, name=name, write_date=written)
    values = {"product_tmpl_id": template, "default_code": f"X-{template}", "standard_price": cost}
    product = add_like(found, "product_product", original.id, **values, write_date=written)
    if cost:
        add_like(found, "product_value", 1, product_id=product, value=cost, date=written)
    if vendor:
        add_like(found, "product_supplierinfo", 1, product_tmpl_id=template)
    return product


def _center(found: dict[str, list[dict]], written: str) -> int:
    """A work center that nobody gave a calendar."""
    return add(
        found,
        "mrp_workcenter",
        name="Engraver",
        code=False,
        company_id=_LYON.company.id,
        resource_id=9000,
        resource_calendar_id=False,
        time_efficiency=100.0,
        oee_target=85.0,
        costs_hour=30.0,
        active=True,
        write_date=written,
    )


def _purchasing(block: Block, found: dict[str, list[dict]], written: str) -> Iterator[Incident]:
    """A vendor that delivers at once, one whose price expired, one that is there twice, a rule nobody can follow."""
    price = found["product_supplierinfo"][0]
    others = [v.partner_id for v in VENDORS if v.partner_id != price["partner_id"]]
    expired = stamp(block.start)[:10]
    at_once = add_like(found, "product_supplierinfo", price["id"], partner_id=others[0], delay=0)
    yield Incident("vendor_lead_time_implausible", "product.supplierinfo", at_once)
    old = add_like(found, "product_supplierinfo", price["id"], partner_id=others[1], date_end=expired)
    yield Incident("supplier_price_missing", "product.supplierinfo", old)
    # Expired too, but this vendor has another price that holds.
    add_like(found, "product_supplierinfo", price["id"], date_end=expired)
    vendor = VENDORS[2]
    for name in (f"{vendor.name.upper().replace('&', '')} Inc.", "Ohio Seals"):
        tax = {"vat": f"XX99{len(found['res_partner'])}"}
        partner = add_like(found, "res_partner", vendor.partner_id, name=name, write_date=written, **tax)
        found["res_partner"][-1]["commercial_partner_id"] = partner
        add_like(found, "product_supplierinfo", price["id"], partner_id=partner)
        if name != "Ohio Seals":
            yield Incident("duplicate_vendor", "res.partner", partner)
    prototype = _product(found, "Prototype seal", written, cost=3.0, vendor=False)
    rule = add(
        found,
        "stock_warehouse_orderpoint",
        name="OP/90001",
        product_id=prototype,
        warehouse_id=_SINGAPORE.id,
        location_id=stock_location_id(_SINGAPORE),
        company_id=_SINGAPORE.company.id,
        trigger="auto",
        product_min_qty=10.0,
        product_max_qty=20.0,
        qty_to_order_computed=0.0,
        snoozed_until=False,
        deadline_date=False,
        route_id=False,
        active=True,
        create_date=written,
        create_uid=ADMIN,
        write_date=written,
    )
    yield Incident("orderpoint_without_supply", "stock.warehouse.orderpoint", rule, _SINGAPORE.code)
