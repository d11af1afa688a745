"""Flows that internal control must hear of: approvals, bank accounts, bills, costs and changes under open orders.

Each function plays one case in one plant and returns what must, and must not, be named. Bills and landed costs take
accounting, which only the first company has.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from tests.live.player import text
from tests.live.purchase_flows import HIGH, LOW
from tests.live.scene import ROBOT, flow
from tests.live.truth import local

APPROVALS = ("approved_by_requester", "approved_by_creator", "approved_without_role")
ACCOUNTING = 1  # the company that has it


@dataclass
class Told:
    """What a flow says of its records."""

    plant: str
    company: str
    lines: list = field(default_factory=list)

    def names(self, rule, model, id, since, note, **more):
        """The record must be named by the exception, since then."""
        self.add({"exception": rule, "since_at": text(since)}, model, id, note, **more)

    def spares(self, rule, model, id, note):
        """The record must not be named."""
        self.add({"exception": rule, "absent": True}, model, id, note)

    def counts(self, kpi, model, id, note, **expect):
        """The record's row in the KPI says that."""
        self.add({"kpi": kpi, "expect": expect}, model, id, note)

    def leaves_out(self, kpi, model, id, note):
        """The record is not in the KPI."""
        self.add({"kpi": kpi, "absent": True}, model, id, note)

    def add(self, line, model, id, note, **more):
        line |= {"record_model": model, "record_id": id, "plant": self.plant, "company": self.company, "note": note}
        self.lines.append(line | more)

    def rows(self):
        return self.lines


def told(p):
    """Nothing yet about this plant."""
    return Told(p.plant.key, p.plant.company_name)


# ------------------------------------------------------------ approvals


@flow(days_ago=20)
def approved_as_it_should_be(p):
    """Made and asked for by the buyer, approved by a manager."""
    order = p.new_purchase(p.at(), HIGH)
    p.on_purchase(p.at(hours=1), order, "button_confirm", "buyer")
    p.on_purchase(p.at(hours=2), order, "button_approve", p.approver)
    said = told(p)
    for rule in APPROVALS:
        said.spares(rule, "purchase.order", order, "approved by a manager who neither made nor asked")
    return [said]


@flow(days_ago=19)
def reviewer_asks_herself(p):
    """Pierre asks for the reviews of which he gives the first."""
    first = p.at(hours=3, seconds=5)
    order = p.new_purchase(p.at(), LOW, reference=f"SEQ-{p.code}")
    p.on_purchase(p.at(hours=1), order, "request_validation", "pierre")
    p.on_purchase(first, order, "validate_tier", "pierre")
    said = told(p)
    said.names("approved_by_requester", "purchase.order", order, first, "asked for and approved by one")
    said.spares("approved_by_creator", "purchase.order", order, "made by the buyer")
    said.spares("approved_without_role", "purchase.order", order, "he is the reviewer")
    return [said]


@flow(days_ago=18)
def manager_approves_her_own(p):
    """Made by the manager, put up by the buyer, approved by the manager."""
    granted = p.at(hours=4, minutes=1, seconds=9)
    order = p.new_purchase(p.at(), HIGH, user=p.approver)
    p.on_purchase(p.at(hours=1), order, "button_confirm", "buyer")
    p.on_purchase(granted, order, "button_approve", p.approver)
    said = told(p)
    said.names("approved_by_creator", "purchase.order", order, granted, "made and approved by one")
    said.spares("approved_by_requester", "purchase.order", order, "the buyer asked")
    said.spares("approved_without_role", "purchase.order", order, "a manager approved")
    return [said]


@flow(days_ago=17)
def script_approves(p):
    """Odoo's button lets no buyer approve, but a script of one writes the state itself."""
    written = p.at(hours=6, seconds=31)
    order = p.new_purchase(p.at(), HIGH)
    p.on_purchase(p.at(hours=1), order, "button_confirm", "buyer")
    p.on_purchase(p.at(hours=2), order, "button_approve", ROBOT)  # does nothing, and says nothing
    p.step(written, ROBOT, "purchase.order", "write", [order], {"state": "purchase"})
    said = told(p)
    said.names(
        "approved_without_role", "purchase.order", order, written, "the state was written by who may not approve"
    )
    said.spares("approved_by_requester", "purchase.order", order, "another one asked")
    return [said]


@flow(days_ago=16)
def script_reviews(p):
    """Who is no reviewer writes the review itself: every internal user may."""
    written = p.at(hours=7, seconds=17)
    order = p.new_purchase(p.at(), LOW, reference=f"SEQ-{p.code}")
    p.on_purchase(p.at(hours=1), order, "request_validation", "buyer")
    review = p.reviews(order)[1]
    values = {"status": "approved", "done_by": p.scene.player.uid(ROBOT), "reviewed_date": text(written)}
    p.step(written, ROBOT, "tier.review", "write", [review], values)
    said = told(p)
    said.names("approved_without_role", "purchase.order", order, written, "reviewed by who is no reviewer")
    return [said]


# ------------------------------------------------------------ bills


def receive(p, at, order, quantity):
    """The vendor delivers some of it; returns the receipt."""
    moves = p.scene.player.sql(
        "select m.id, m.picking_id from stock_move m join purchase_order_line l on l.id = m.purchase_line_id "
        "where l.order_id = %s and m.state not in ('done', 'cancel')",
        order,
    )
    for move, _ in moves:
        p.step(at, "admin", "stock.move", "write", [move], {"quantity": quantity, "picked": True})
    picking = moves[0][1]
    p.step(at, "admin", "stock.picking", "button_validate", [picking], context={"skip_backorder": True})
    return picking


def bill_of(p, at, order, posted, **line):
    """The vendor's bill of what was received, its line perhaps written over, posted; returns its id."""
    p.step(at, "admin", "purchase.order", "action_create_invoice", [order])
    [(bill, item)] = p.scene.player.sql(
        "select b.move_id, b.id from account_move_line b join purchase_order_line l on l.id = b.purchase_line_id "
        "where l.order_id = %s",
        order,
    )
    values = {"invoice_date": text(at)[:10]}
    if line:
        values["invoice_line_ids"] = [(1, item, line)]
    p.step(at, "admin", "account.move", "write", [bill], values)
    p.step(posted, "admin", "account.move", "action_post", [bill])
    return bill


def pay(p, at, bill):
    """Register the payment of a bill."""
    context = {"active_model": "account.move", "active_ids": [bill]}
    wizard = p.step(at, "admin", "account.payment.register", "create", {}, context=context)
    p.step(at, "admin", "account.payment.register", "action_create_payments", [wizard], context=context)


def ordered(p, at, price=1000):
    """A purchase order of ten pieces, confirmed."""
    order = p.new_purchase(at, price)
    p.on_purchase(at + timedelta(hours=1), order, "button_confirm", "pierre")
    return order


KPI, MISMATCH, BILL = "bill_match_exception_share", "bill_receipt_mismatch", "account.move"


@flow(days_ago=30)
def bill_matches(p):
    """Ten ordered, received, billed at the price ordered."""
    if p.plant.company != ACCOUNTING:
        return []
    order = ordered(p, p.at())
    receive(p, p.at(days=2), order, 10)
    posted = p.at(days=3, hours=2, seconds=7)
    bill = bill_of(p, p.at(days=3), order, posted)
    said = told(p)
    said.counts(KPI, BILL, bill, "matches", at=text(posted), is_bad=False, vendor=p.vendor[0], mismatch=None)
    said.spares(MISMATCH, BILL, bill, "matches")
    return [said]


@flow(days_ago=29)
def bill_is_too_dear(p):
    """Billed at five percent more; paid in the end in a second order."""
    if p.plant.company != ACCOUNTING:
        return []
    said = told(p)
    for number in range(2):
        order = ordered(p, p.at(minutes=number))
        receive(p, p.at(days=2, minutes=number), order, 10)
        posted = p.at(days=3, hours=2, minutes=number, seconds=7)
        bill = bill_of(p, p.at(days=3, minutes=number), order, posted, price_unit=105.0)
        said.counts(KPI, BILL, bill, "too dear", at=text(posted), is_bad=True, mismatch="price differs")
        if number:
            pay(p, p.at(days=5), bill)
            said.spares(MISMATCH, BILL, bill, "too dear, and paid: too late")
        else:
            said.names(MISMATCH, BILL, bill, posted, "too dear, not paid")
    return [said]


@flow(days_ago=28)
def bill_of_more_than_came(p):
    """Six of ten came, ten are billed; of another order the rest comes after the bill."""
    if p.plant.company != ACCOUNTING:
        return []
    said = told(p)
    for number in range(2):
        order = ordered(p, p.at(minutes=number))
        receive(p, p.at(days=2, minutes=number), order, 6)
        posted = p.at(days=3, hours=2, minutes=number, seconds=7)
        bill = bill_of(p, p.at(days=3, minutes=number), order, posted, quantity=10.0)
        said.counts(KPI, BILL, bill, "too many", at=text(posted), is_bad=True, mismatch="more billed than received")
        if number:
            receive(p, p.at(days=5), order, 4)
            said.spares(MISMATCH, BILL, bill, "the rest came later")
        else:
            said.names(MISMATCH, BILL, bill, posted, "six of ten came")
    return [said]


# ------------------------------------------------------------ bank accounts


def new_vendor(p, at, name):
    """A vendor of the flow's own, with a bank account; returns the account."""
    partner = p.step(at, "admin", "res.partner", "create", {"name": f"{name} {p.code}", "is_company": True})
    p.vendor = (f"{name} {p.code}", partner)
    return new_account(p, at, partner, f"XA00{partner:012d}")


def new_account(p, at, partner, number):
    """A bank account of a vendor."""
    return p.step(at, "admin", "res.partner.bank", "create", {"partner_id": partner, "acc_number": number})


ACCOUNT = "bank_account_changed_before_payment"


@flow(days_ago=27)
def account_written_over(p):
    """The number changes between bill and payment; of another vendor it changed long before."""
    if p.plant.company != ACCOUNTING:
        return []
    said = told(p)
    for number, (name, changed) in enumerate(
        (("Steady", p.at(days=-50)), ("Moving", p.at(days=5, hours=3, seconds=3)))
    ):
        account = new_vendor(p, p.at(days=-55), name)
        order = ordered(p, p.at(minutes=number))
        receive(p, p.at(days=2, minutes=number), order, 10)
        bill = bill_of(p, p.at(days=3, minutes=number), order, p.at(days=3, hours=2, minutes=number))
        p.step(changed, "admin", "res.partner.bank", "write", [account], {"acc_number": f"XA11{account:012d}"})
        p.step(changed, "admin", "res.partner.bank", "write", [account], {"allow_out_payment": True})
        pay(p, p.at(days=8, minutes=number), bill)
        if number:
            said.names(ACCOUNT, BILL, bill, changed, "changed before it was paid", detail="number changed, then paid")
        else:
            said.spares(ACCOUNT, BILL, bill, "changed long before")
    return [said]


@flow(days_ago=26)
def account_added(p):
    """A vendor that was paid before has a second account before the next payment; the first bill is none."""
    if p.plant.company != ACCOUNTING:
        return []
    new_vendor(p, p.at(days=-5), "Second")
    bills = []
    for number in range(2):
        order = ordered(p, p.at(hours=number))
        receive(p, p.at(days=1, hours=number), order, 10)
        bills.append(bill_of(p, p.at(days=2, hours=number), order, p.at(days=2, hours=number, minutes=5)))
    pay(p, p.at(days=4), bills[0])
    added = p.at(days=6, minutes=7, seconds=11)
    new_account(p, added, p.vendor[1], f"XA22{p.vendor[1]:012d}")
    said = told(p)
    said.names(ACCOUNT, BILL, bills[1], added, "not paid yet", detail="account added, not paid yet")
    said.spares(ACCOUNT, BILL, bills[0], "paid before")
    return [said]


# ------------------------------------------------------------ changes under open orders


@flow(days_ago=10)
def component_changed_on_open_order(p):
    """Three orders: released before the change, released before it and brought in line, released after it."""
    orders = []
    for hour in range(2):
        orders.append(p.new_order(p.at(hours=hour)))
        p.on_order(p.at(hours=hour, minutes=30), orders[-1], "action_confirm")
    changed = p.at(days=1, minutes=2, seconds=2)
    [(line,)] = p.scene.player.sql("select id from mrp_bom_line where bom_id = %s", p.bom)
    p.step(changed, "admin", "mrp.bom", "write", [p.bom], {"bom_line_ids": [(1, line, {"product_qty": 3})]})
    p.on_order(p.at(days=1, hours=3), orders[1], "action_update_bom", "pierre")
    orders.append(p.new_order(p.at(days=2)))
    p.on_order(p.at(days=2, hours=1), orders[2], "action_confirm")
    said = told(p)
    rule, model = "bom_changed_on_open_order", "mrp.production"
    said.names(rule, model, orders[0], changed, "released before the change")
    said.spares(rule, model, orders[1], "brought in line with it")
    said.spares(rule, model, orders[2], "released after it")
    for order in orders:
        said.spares("routing_changed_on_open_order", model, order, "no operation changed")
    return [said]


@flow(days_ago=9)
def operation_added_on_open_order(p):
    """An operation is added after the release of one order, and before that of another."""
    # The bill of materials is the company's own beforehand: to make it so writes on its components, too.
    p.step(p.at(hours=-1), "admin", "mrp.bom", "write", [p.bom], {"company_id": p.plant.company})
    before = p.new_order(p.at())
    p.on_order(p.at(hours=1), before, "action_confirm")
    added = p.at(days=1, minutes=3, seconds=3)
    p.add_operation(added)
    after = p.new_order(p.at(days=2))
    p.on_order(p.at(days=2, hours=1), after, "action_confirm")
    said = told(p)
    rule, model = "routing_changed_on_open_order", "mrp.production"
    said.names(rule, model, before, added, "released before", detail="Assemble added")
    said.spares(rule, model, after, "released after")
    said.spares("bom_changed_on_open_order", model, before, "no component changed")
    return [said]


# ------------------------------------------------------------ costs


def set_cost(p, at, product, cost):
    """Somebody sets the cost of a product in the plant's company."""
    p.step(at, "admin", "product.product", "write", [product], {"standard_price": cost})


@flow(days_ago=25)
def counted(p):
    """Ten pieces at 50 are found, and then 190 more."""
    set_cost(p, p.at(), p.component, 50.0)
    small, large = p.at(days=1), p.at(days=2, hours=1, seconds=13)
    p.stock_arrives(small, 10)
    p.stock_arrives(large, 200)
    moves = p.scene.player.sql(
        "select id from stock_move where product_id = %s and is_inventory order by id", p.component
    )
    said = told(p)
    said.spares("adjustment_over_limit", "stock.move", moves[0][0], "worth 500")
    said.names("adjustment_over_limit", "stock.move", moves[1][0], large, "worth 9500", detail="more than booked: 190")
    return [said]


@flow(days_ago=24)
def sold_nearly_at_cost(p):
    """A quotation with a margin of four percent, one with a third, and one that was cancelled."""
    set_cost(p, p.at(), p.finished, 96.0)
    said = told(p)
    for number, price in enumerate((100.0, 144.0, 100.0)):
        at = p.at(days=1, minutes=number, seconds=5)
        line = {"product_id": p.finished, "product_uom_qty": 10, "price_unit": price, "tax_ids": [(5,)]}
        values = {"partner_id": p.vendor[1], "warehouse_id": p.plant.warehouse, "company_id": p.plant.company}
        sale = p.step(at, "admin", "sale.order", "create", values | {"order_line": [(0, 0, line)]})
        if number == 2:
            p.step(p.at(days=2), "admin", "sale.order", "action_cancel", [sale])
        if number == 0:
            said.names("margin_below_limit", "sale.order", sale, at, "a margin of 4 %")
        else:
            said.spares("margin_below_limit", "sale.order", sale, "a third" if number else "cancelled")
    return [said]


VARIANCE, UNREVIEWED = "production_variance", "variance_unreviewed"


@flow(days_ago=40)
def orders_off_their_standard(p):
    """Components at 10 for a product at 25: five pieces should cost 125. One order takes 13, one 20 and 45 minutes of
    work at 30 an hour, one 20 that somebody comments on; one of which nothing has a cost is in no number."""
    order = p.new_order(p.at(days=-2))
    p.on_order(p.at(days=-2, hours=1), order, "action_confirm")
    take(p, p.at(days=-2, hours=2), order, 10)
    said = told(p)
    said.leaves_out(VARIANCE, "mrp.production", order, "nothing had a cost")
    set_cost(p, p.at(), p.component, 10.0)
    set_cost(p, p.at(), p.finished, 25.0)
    center = p.scene.workcenters[p.plant.company]
    p.step(p.at(), "admin", "mrp.workcenter", "write", [center], {"costs_hour": 30.0})
    for number, quantity in enumerate((13, 20, 20)):
        begun = p.at(hours=2 + 2 * number)
        if number == 1:
            p.add_operation(begun - timedelta(minutes=30))
        order = p.new_order(begun)
        p.on_order(begun + timedelta(minutes=1), order, "action_confirm")
        work = 0
        if number:
            p.on_work_order(begun + timedelta(minutes=5), order, "button_start")
            p.on_work_order(begun + timedelta(minutes=50), order, "button_finish")
            work = 22.5
        done = begun + timedelta(minutes=55, seconds=1)
        take(p, done, order, quantity)
        amounts = {"standard_amount": 125.0, "material_amount": 10.0 * quantity, "work_amount": float(work)}
        if p.plant.company == ACCOUNTING:  # the reporting currency is that of the first company
            amounts |= {"numerator": 10.0 * quantity + work - 125.0, "denominator": 125.0}
        said.counts(VARIANCE, "mrp.production", order, f"took {quantity}", at=text(done), **amounts)
        if number == 2:
            body = {"body": "A whole box was bent.", "message_type": "comment"}
            p.step(done + timedelta(hours=1), p.planner, "mrp.production", "message_post", [order], **body)
        if number == 1:
            said.names(UNREVIEWED, "mrp.production", order, month_end(p, done), "far off, and nobody said why")
        else:
            said.spares(UNREVIEWED, "mrp.production", order, "little off" if number == 0 else "commented on")
    return [said]


def take(p, at, order, quantity):
    """Enter five made and so many components taken, and close the order."""
    moves = p.scene.player.sql("select id from stock_move where raw_material_production_id = %s", order)
    taken = [(1, move, {"quantity": quantity, "picked": True}) for (move,) in moves]
    p.step(at, p.planner, "mrp.production", "write", [order], {"qty_producing": 5, "move_raw_ids": taken})
    p.finish(at, order)


def month_end(p, moment):
    """When the month of a moment ended in the plant (UTC)."""
    following = (moment.date().replace(day=1) + timedelta(days=32)).replace(day=1)
    return local(p.plant.company_name, following, 0)


@flow(days_ago=50)
def freight_is_forgotten(p):
    """Five receipts of one vendor: three with landed costs, one with some that nobody validated, one without."""
    if p.plant.company != ACCOUNTING:
        return []
    new_vendor(p, p.at(days=-1), "Overseas")
    category = p.step(
        p.at(), "admin", "product.category", "create", {"name": p.code, "property_cost_method": "average"}
    )
    [(template,)] = p.scene.player.sql("select product_tmpl_id from product_product where id = %s", p.component)
    p.step(p.at(), "admin", "product.template", "write", [template], {"categ_id": category})
    service = {"name": f"Freight {p.code}", "type": "service", "landed_cost_ok": True}
    freight = p.step(p.at(), "admin", "product.product", "create", service)
    said = told(p)
    for number in range(5):
        order = ordered(p, p.at(hours=2 * number))
        received = p.at(days=3, hours=number, seconds=19)
        picking = receive(p, received, order, 10)
        if number == 4:
            said.names("landed_cost_missing", "stock.picking", picking, received, "the only one without")
            continue
        line = {"product_id": freight, "price_unit": 20.0, "split_method": "equal", "name": "Freight"}
        values = {"picking_ids": [(6, 0, [picking])], "cost_lines": [(0, 0, line)]}
        entered = p.at(days=5, hours=number)
        cost = p.step(entered, "admin", "stock.landed.cost", "create", values)
        if number == 3:
            said.names("landed_cost_missing", "stock.landed.cost", cost, entered, "not validated")
        else:
            p.step(p.at(days=6, hours=number), "admin", "stock.landed.cost", "button_validate", [cost])
            said.spares("landed_cost_missing", "stock.landed.cost", cost, "validated")
            said.spares("landed_cost_missing", "stock.picking", picking, "has landed costs")
    return [said]
