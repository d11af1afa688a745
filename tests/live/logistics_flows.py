"""Flows of goods: deliveries, back-orders, transfers between plants, receipts and what vendors confirm. Each function
plays one case in one plant and returns its truth."""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from tests.live.player import text
from tests.live.scene import flow
from tests.live.truth import ZONE, ZONES, absent

TRANSFER_KPIS = ("picking_lead_time", "picking_handling_time")
RECEIPT_KPIS = ("receipt_delay", "late_receipt_share")
DIFOT = "delivery_in_full_on_time_share"


@dataclass
class Goods:
    """What must be told about one record in a plant."""

    part: object
    model: str
    id: int
    note: str
    told: list = field(default_factory=list)

    def rows(self):
        return self.told

    def lasts(self, kpi, started, ended, **expect):
        """A row of a duration."""
        row = {"kpi": kpi, "started_at": text(started), "ended_at": text(ended)}
        self.told.append(row | self.of_record() | ({"expect": texts(expect)} if expect else {}))
        return self

    def counts(self, kpi, **expect):
        """A row of another measure."""
        self.told.append({"kpi": kpi, "expect": texts(expect)} | self.of_record())
        return self

    def is_exception(self, rule, since):
        """The record needs somebody."""
        self.told.append({"kpi": None, "exception": rule, "since_at": text(since)} | self.of_record())
        return self

    def is_no_exception(self, *rules):
        self.told += [{"kpi": None, "exception": rule, "absent": True} | self.of_record() for rule in rules]
        return self

    def is_left_out(self, *kpis):
        self.told += [absent(kpi, self.model, self.id, self.note) for kpi in kpis]
        return self

    def of_record(self):
        plant = self.part.plant
        record = {"record_model": self.model, "record_id": self.id, "note": self.note}
        return record | {"plant": plant.key, "company": plant.company_name}


def texts(expect):
    """Moments as the truth writes them."""
    return {name: text(value) if isinstance(value, datetime) else value for name, value in expect.items()}


def transfer(p, picking, note):
    return Goods(p, "stock.picking", picking, note)


def purchase(p, order, note):
    return Goods(p, "purchase.order", order, note)


def sale(p, order, note):
    return Goods(p, "sale.order", order, note)


def end_of_day(p, moment):
    """When a day of the plant is over, in UTC."""
    zone = ZoneInfo(ZONES.get(p.plant.company_name, ZONE))
    day = moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(day, time(), zone).astimezone(ZoneInfo("UTC")).replace(tzinfo=None)


# ---------------------------------------------------------------- steps


def sell(p, at, promised, quantity=10):
    """A sales order of some of the component, confirmed at once; returns it and its delivery."""
    values = {
        "partner_id": p.vendor[1],
        "warehouse_id": p.plant.warehouse,
        "company_id": p.plant.company,
        "commitment_date": text(promised),
        "order_line": [(0, 0, {"product_id": p.component, "product_uom_qty": quantity, "price_unit": 7})],
    }
    order = p.step(at - timedelta(minutes=30), "admin", "sale.order", "create", values)
    p.step(at, "admin", "sale.order", "action_confirm", [order])
    [(delivery,)] = p.scene.player.sql("select id from stock_picking where sale_id = %s", order)
    return order, delivery


def validate(p, at, picking, quantity=None):
    """Do a transfer, or only so much of it; returns the back-order if one is left."""
    if quantity is not None:
        [(move,)] = p.scene.player.sql("select id from stock_move where picking_id = %s", picking)
        p.step(at, "pierre", "stock.move", "write", [move], {"quantity": quantity, "picked": True})
    context = {"skip_backorder": True, "picking_ids_not_to_backorder": []}
    p.step(at, "pierre", "stock.picking", "button_validate", [picking], context=context)
    rest = p.scene.player.sql("select id from stock_picking where backorder_id = %s", picking)
    return rest[0][0] if rest else None


def order_goods(p, at, planned, user="buyer"):
    """A purchase order under the limit, placed at once; returns it and its receipt."""
    line = p.purchase_line(800) | {"date_planned": text(planned)}
    values = {"partner_id": p.vendor[1], "picking_type_id": p.plant.receive, "company_id": p.plant.company}
    order = p.step(
        at - timedelta(minutes=20), user, "purchase.order", "create", values | {"order_line": [(0, 0, line)]}
    )
    p.on_purchase(at, order, "button_confirm", user)
    return order, receipt_of(p, order)


def receipt_of(p, order):
    [(receipt,)] = p.scene.player.sql(
        "select distinct m.picking_id from stock_move m join purchase_order_line l on l.id = m.purchase_line_id "
        "where l.order_id = %s",
        order,
    )
    return receipt


# ---------------------------------------------------------------- deliveries


@flow(days_ago=49)
def delivered_in_time(p):
    """All of it there from the first, and out before the promised day is over."""
    ordered, done = p.at(), p.at(days=2, hours=3, minutes=4, seconds=5)
    p.stock_arrives(p.at(days=-1), 10)
    promised = p.at(days=3)
    order, delivery = sell(p, ordered, promised)
    validate(p, done, delivery)
    told = transfer(p, delivery, "delivered in time")
    for kpi in TRANSFER_KPIS:
        told.lasts(kpi, ordered, done)
    told.counts("backorder_share", at=done, is_bad=False, kind="delivery")
    facts = {"due_at": end_of_day(p, promised), "fulfilled_at": done, "outcome": "in full"}
    return [told, sale(p, order, "in full and in time").counts(DIFOT, is_good=True, **facts)]


@flow(days_ago=43)
def delivered_in_two_parts(p):
    """Four of ten in time, the rest too late."""
    ordered, ready, done = p.at(), p.at(days=1, hours=2), p.at(days=2, hours=5, seconds=15)
    late = p.at(days=9, hours=6, minutes=7, seconds=8)
    promised = p.at(days=4)
    order, delivery = sell(p, ordered, promised)
    p.stock_arrives(ready, 20)
    p.step(ready, "pierre", "stock.picking", "action_assign", [delivery])
    rest = validate(p, done, delivery, 4)
    validate(p, late, rest)
    first = transfer(p, delivery, "waits for stock, then leaves in part")
    first.lasts("picking_lead_time", ordered, done).lasts("picking_handling_time", ready, done)
    first.counts("backorder_share", at=done, is_bad=True, kind="delivery")
    second = transfer(p, rest, "back-order")
    second.lasts("picking_lead_time", done, late).lasts("picking_handling_time", done, late)
    second.counts("backorder_share", at=late, is_bad=False, kind="delivery")
    facts = {"due_at": end_of_day(p, promised), "fulfilled_at": late, "outcome": "in full"}
    return [first, second, sale(p, order, "in full too late").counts(DIFOT, is_good=False, **facts)]


@flow(days_ago=16)
def not_delivered(p):
    """Promised for a day that is over, and nothing there; beside it one that is cancelled, and one not due yet."""
    ordered, promised = p.at(), p.at(days=3)
    order, delivery = sell(p, ordered, promised)
    waits = transfer(p, delivery, "waits for stock").lasts("picking_lead_time", ordered, None)
    waits.is_left_out("picking_handling_time", "backorder_share")
    owed = sale(p, order, "open past its day")
    owed.counts(DIFOT, is_good=False, due_at=end_of_day(p, promised), fulfilled_at=None, outcome="open")
    dropped, unwanted = sell(p, p.at(hours=1), promised)
    p.step(p.at(days=1), "admin", "sale.order", "action_cancel", [dropped], context={"disable_cancel_warning": True})
    later, _ = sell(p, p.at(hours=2), p.scene.player.anchor + timedelta(days=5))
    return [
        waits,
        owed,
        transfer(p, unwanted, "cancelled").is_left_out(*TRANSFER_KPIS, "backorder_share"),
        sale(p, dropped, "cancelled").is_left_out(DIFOT),
        sale(p, later, "not due yet").is_left_out(DIFOT),
    ]


@flow(days_ago=30)
def moved_within_the_plant(p):
    """An internal transfer, planned anew before it is done."""
    created, ready, done = p.at(), p.at(hours=2), p.at(days=1, hours=5, seconds=25)
    p.stock_arrives(p.at(days=-1), 10)
    places = {"location_id": p.plant.stock, "location_dest_id": p.plant.quarantine, "company_id": p.plant.company}
    planned = {"picking_type_id": p.plant.transfer, "scheduled_date": text(p.at(days=1))}
    picking = p.step(created, "pierre", "stock.picking", "create", places | planned)
    p.step(created, "pierre", "stock.move", "create", p.goods(10) | places | {"picking_id": picking})
    p.step(ready, "pierre", "stock.picking", "action_confirm", [picking])
    p.step(ready, "pierre", "stock.picking", "action_assign", [picking])
    p.step(p.at(hours=3), "pierre", "stock.picking", "write", [picking], {"scheduled_date": text(p.at(days=2))})
    validate(p, done, picking)
    told = transfer(p, picking, "moved within the plant")
    told.lasts("picking_lead_time", created, done, scheduled_at=p.at(days=2), kind="internal")
    told.lasts("picking_handling_time", ready, done)
    return [told.counts("backorder_share", at=done, is_bad=False, kind="internal")]


# ---------------------------------------------------------------- receipts


@flow(days_ago=40)
def confirmed_and_received_late(p):
    """Confirmed by the vendor, received in two parts, the last one after the promised day."""
    ordered, confirmed = p.at(), p.at(days=1, hours=4, minutes=5, seconds=6)
    first, last = p.at(days=6, hours=1), p.at(days=10, hours=2, minutes=3, seconds=4)
    promised = p.at(days=7)
    order, receipt = order_goods(p, ordered, promised)
    p.on_purchase(confirmed, order, "action_acknowledge", "buyer")
    validate(p, last, validate(p, first, receipt, 6))
    due = end_of_day(p, promised)
    told = purchase(p, order, "confirmed, received in two parts, late")
    told.lasts("vendor_confirmation_time", ordered, confirmed, ended_by="vendor")
    told.lasts("receipt_delay", due, last)
    told.counts("late_receipt_share", is_bad=True, due_at=due, fulfilled_at=last, outcome="in full")
    told.is_no_exception("late_receipt", "unconfirmed_purchase_order")
    told.is_left_out("subcontracted_order_lead_time")
    split = transfer(p, receipt, "a receipt in two parts")
    split.counts("backorder_share", at=first, is_bad=True, kind="receipt").is_left_out(*TRANSFER_KPIS)
    return [told, split]


@flow(days_ago=31)
def received_before_any_confirmation(p):
    """Received in time, and the promise moved meanwhile; confirmed only afterwards."""
    ordered, received = p.at(), p.at(days=5, hours=3, seconds=33)
    promised = p.at(days=8)
    order, receipt = order_goods(p, ordered, promised)
    validate(p, received, receipt)
    p.on_purchase(p.at(days=6), order, "action_acknowledge", "buyer")
    due = end_of_day(p, promised)
    told = purchase(p, order, "received before it was confirmed")
    told.lasts("vendor_confirmation_time", ordered, received, ended_by="receipt")
    told.lasts("receipt_delay", due, due)
    told.counts("late_receipt_share", is_bad=False, due_at=due, fulfilled_at=received, outcome="in full")
    return [told.is_no_exception("late_receipt", "unconfirmed_purchase_order")]


@flow(days_ago=18)
def not_received(p):
    """Past its promised day and never confirmed; beside it one that is cancelled and one that is not due."""
    ordered, promised = p.at(), p.at(days=4)
    order, _ = order_goods(p, ordered, promised)
    due = end_of_day(p, promised)
    told = purchase(p, order, "never confirmed, nothing received")
    told.lasts("vendor_confirmation_time", ordered, None, ended_by="open").lasts("receipt_delay", due, None)
    told.counts("late_receipt_share", is_bad=True, due_at=due, fulfilled_at=None, outcome="open")
    told.is_exception("late_receipt", due).is_exception("unconfirmed_purchase_order", ordered)
    dropped, _ = order_goods(p, p.at(hours=1), promised)
    p.on_purchase(p.at(days=1), dropped, "button_cancel", "buyer")
    later, _ = order_goods(p, p.at(hours=2), p.scene.player.anchor + timedelta(days=9))
    p.on_purchase(p.at(hours=9), later, "action_acknowledge", "buyer")
    gone = purchase(p, dropped, "cancelled").is_left_out(*RECEIPT_KPIS, "vendor_confirmation_time")
    ahead = purchase(p, later, "not due yet").is_left_out(*RECEIPT_KPIS)
    ahead.lasts("vendor_confirmation_time", p.at(hours=2), p.at(hours=9), ended_by="vendor")
    rules = ("late_receipt", "unconfirmed_purchase_order")
    return [told, gone.is_no_exception(*rules), ahead.is_no_exception(*rules)]


# ---------------------------------------------------------------- between plants


@flow(days_ago=28)
def between_plants(p):
    """What one plant of the company asks the other for: out there, in transit, in here; and one that is on the road."""
    others = [plant for plant in p.scene.plants if plant.company == p.plant.company and plant is not p.plant]
    if not others:
        return []
    told = []
    for number, is_there in enumerate((True, False)):
        asked, gone = p.at(days=7 * number), p.at(days=7 * number + 1, hours=4, seconds=14)
        there = p.at(days=7 * number + 3, hours=5, minutes=6, seconds=7)
        count_in(p, asked - timedelta(hours=2), others[0].stock, 8)
        departure, arrival = resupply(p, asked, others[0], 8)
        validate(p, gone, departure)
        if is_there:
            validate(p, there, arrival)
        one = transfer(p, departure, "between plants")
        one.lasts(
            "interplant_transfer_time", asked, there if is_there else None, from_plant=others[0].key, gone_at=gone
        )
        told.append(one)
    return told


def count_in(p, at, place, quantity):
    """Count the component in at a place."""
    values = {"product_id": p.component, "location_id": place, "inventory_quantity": quantity}
    mode = {"inventory_mode": True}
    quant = p.step(at, "admin", "stock.quant", "create", values, context=mode)
    p.step(at, "admin", "stock.quant", "action_apply_inventory", [quant], context=mode)


def resupply(p, at, other, quantity):
    """Order the component from another plant by a reordering rule; returns the transfers out of there and in here."""
    player = p.scene.player
    p.step(
        at - timedelta(hours=1), "admin", "stock.warehouse", "write", [p.plant.warehouse],
        {"resupply_wh_ids": [(4, other.warehouse)]},
    )  # fmt: skip
    [(route,)] = player.sql(
        "select id from stock_route where supplied_wh_id = %s and supplier_wh_id = %s",
        p.plant.warehouse,
        other.warehouse,
    )
    known = player.sql("select id from stock_warehouse_orderpoint where product_id = %s", p.component)
    values = {"product_id": p.component, "location_id": p.plant.stock, "warehouse_id": p.plant.warehouse}
    values |= {"product_min_qty": quantity, "product_max_qty": quantity, "route_id": route, "trigger": "manual"}
    values["company_id"] = p.plant.company
    if known:
        rule = known[0][0]
        more = {"product_min_qty": 2 * quantity, "product_max_qty": 2 * quantity}
        p.step(at, "admin", "stock.warehouse.orderpoint", "write", [rule], more)
    else:
        rule = p.step(at, "admin", "stock.warehouse.orderpoint", "create", values)
    p.step(at, "admin", "stock.warehouse.orderpoint", "action_replenish", [rule])
    [(out, into)] = player.sql(
        "select o.picking_id, i.picking_id from stock_move o join stock_move_move_rel r on r.move_orig_id = o.id "
        "join stock_move i on i.id = r.move_dest_id where o.product_id = %s order by o.id desc limit 1",
        p.component,
    )
    return out, into


# ---------------------------------------------------------------- subcontracting


@flow(days_ago=36)
def subcontracted(p):
    """A vendor makes the component: received in one go; and one that is open."""
    ordered, received = p.at(), p.at(days=9, hours=6, minutes=5, seconds=4)
    [(template,)] = p.scene.player.sql("select product_tmpl_id from product_product where id = %s", p.component)
    bom = {
        "product_tmpl_id": template,
        "product_qty": 1,
        "type": "subcontract",
        "subcontractor_ids": [(4, p.vendor[1])],
    }
    p.step(p.at(hours=-3), "admin", "mrp.bom", "create", bom | {"company_id": p.plant.company})
    # to order what is subcontracted takes the right to make production orders
    order, receipt = order_goods(p, ordered, p.at(days=8), "pierre")
    validate(p, received, receipt)
    due = end_of_day(p, p.at(days=8))
    told = purchase(p, order, "subcontracted").lasts("subcontracted_order_lead_time", ordered, received)
    told.counts("late_receipt_share", is_bad=True, due_at=due, fulfilled_at=received, outcome="in full")
    later, _ = order_goods(p, p.at(days=10), p.at(days=60), "pierre")
    told.told += purchase(p, later, "open").lasts("subcontracted_order_lead_time", p.at(days=10), None).told
    taken = transfer(p, receipt, "a subcontracted receipt")
    return [told, taken.counts("backorder_share", at=received, is_bad=False, kind="subcontracted receipt")]


# ---------------------------------------------------------------- stock and components


@flow(days_ago=20)
def below_zero(p):
    """More goes out than is there; beside it what was put right by counting."""
    taken, right = p.at(hours=5, seconds=44), p.at(days=2)
    p.stock_arrives(p.at(), 2)
    places = {"location_id": p.plant.stock, "location_dest_id": p.plant.quarantine, "company_id": p.plant.company}
    for product, moment in ((p.component, taken), (p.finished, p.at(hours=6))):
        picking = p.step(moment, "pierre", "stock.picking", "create", places | {"picking_type_id": p.plant.transfer})
        goods = p.goods(5) | {"product_id": product}
        p.step(moment, "pierre", "stock.move", "create", goods | places | {"picking_id": picking})
        p.step(moment, "pierre", "stock.picking", "action_confirm", [picking])
        validate(p, moment, picking, 5)
    counted = {"product_id": p.finished, "location_id": p.plant.stock, "inventory_quantity": 0}
    quant = p.step(right, "admin", "stock.quant", "create", counted, context={"inventory_mode": True})
    p.step(right, "admin", "stock.quant", "action_apply_inventory", [quant], context={"inventory_mode": True})
    below = quant_of(p, p.component)
    return [
        Goods(p, "stock.quant", below, "below zero").is_exception("negative_stock", taken),
        Goods(p, "stock.quant", quant, "counted").is_no_exception("negative_stock"),
    ]


def quant_of(p, product):
    """The stock of a product in the plant."""
    [(quant,)] = p.scene.player.sql(
        "select id from stock_quant where product_id = %s and location_id = %s", product, p.plant.stock
    )
    return quant


@flow(days_ago=48)
def short_again(p):
    """Short of the component three times: again within two weeks, and again after three weeks."""
    told = []
    for number, (day, is_again) in enumerate(((0, False), (6, True), (28, False)), start=1):
        released, ready = p.at(days=day, hours=3, seconds=day), p.at(days=day + 1, hours=2, seconds=5)
        order = p.new_order(p.at(days=day))
        p.on_order(released, order, "action_confirm")
        p.stock_arrives(ready, 10 * number)  # what is there is counted, with what is reserved
        made = p.production(
            order, "short of the same component", created=p.at(days=day), released=released, ready=ready,
            shortages=[(released, ready)],
        )  # fmt: skip
        one = Goods(p, "mrp.production", order, "short of the same component")
        one.counts("shortage_recurrence", at=released, is_bad=is_again, ended_at=ready, vendor=None)
        told += [made, one]
    return told


@flow(days_ago=32)
def substituted(p):
    """An order that takes something else besides what its bill of materials has; one that does not."""
    told = []
    for number, other in enumerate((True, False)):
        done = p.at(days=1 + number, hours=4, seconds=54)
        p.stock_arrives(p.at(days=number, hours=-2), 10)
        order = p.new_order(p.at(days=number))
        if other:
            count_in_other(p, p.at(days=number, hours=-1))
            extra = {"product_id": p.scene.products["delivered_in_time", p.plant.key][2], "product_uom_qty": 3}
            p.step(
                p.at(days=number, hours=1), "pierre", "mrp.production", "write", [order],
                {"move_raw_ids": [(0, 0, extra | {"product_uom": p.unit()})]},
            )  # fmt: skip
        p.on_order(p.at(days=number, hours=2), order, "action_confirm")
        moves = p.scene.player.sql(
            "select id, product_uom_qty from stock_move where raw_material_production_id = %s", order
        )
        raws = [(1, move, {"quantity": float(quantity), "picked": True}) for move, quantity in moves]
        p.step(
            done - timedelta(hours=1), "pierre", "mrp.production", "write", [order],
            {"qty_producing": 5, "move_raw_ids": raws},
        )  # fmt: skip
        p.on_order(done, order, "button_mark_done", "pierre", skip_backorder=True, skip_consumption=True)
        one = Goods(p, "mrp.production", order, "with something else" if other else "by the bill of materials")
        told.append(
            one.counts("substitution_share", at=done, numerator=int(other), denominator=1 + int(other), replaced=None)
        )
    return told


def count_in_other(p, at):
    """Count some of another flow's component in."""
    product = p.scene.products["delivered_in_time", p.plant.key][2]
    values = {"product_id": product, "location_id": p.plant.stock, "inventory_quantity": 5}
    quant = p.step(at, "admin", "stock.quant", "create", values, context={"inventory_mode": True})
    p.step(at, "admin", "stock.quant", "action_apply_inventory", [quant], context={"inventory_mode": True})


# ---------------------------------------------------------------- reordering rules


@flow(days_ago=26)
def below_the_minimum(p):
    """A sale takes the forecast below the minimum: bought again after a day; below once more, nothing is ordered."""
    needed, asked, again = p.at(hours=2, seconds=34), p.at(days=1, hours=4, seconds=4), p.at(days=9, seconds=9)
    p.stock_arrives(p.at(days=-2), 10)
    values = {"product_id": p.component, "location_id": p.plant.stock, "warehouse_id": p.plant.warehouse}
    values |= {"product_min_qty": 5, "product_max_qty": 20, "trigger": "manual", "company_id": p.plant.company}
    rule = p.step(p.at(days=-1), "admin", "stock.warehouse.orderpoint", "create", values)
    _, delivery = sell(p, needed, p.at(days=9), 8)
    p.step(p.at(days=2), "pierre", "stock.picking", "action_assign", [delivery])
    _, receipt = order_goods(p, asked + timedelta(minutes=20), p.at(days=8))
    validate(p, p.at(days=5), delivery)
    validate(p, p.at(days=6), receipt)
    sell(p, again, p.scene.player.anchor + timedelta(days=3), 8)
    told = Goods(p, "stock.warehouse.orderpoint", rule, "below its minimum")
    told.lasts("orderpoint_order_time", needed, asked, answered_by="order", forecast_quantity=2.0)
    return [told.lasts("orderpoint_order_time", again, None, answered_by="open", forecast_quantity=4.0)]
