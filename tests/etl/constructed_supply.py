"""The part of the constructed scene that is about goods on their way: receipts, deliveries, a transfer between plants
and a reordering rule. None of it was recorded in a chatter but the orders themselves."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

PLANT, WAREHOUSE, COMPANY, STOCK = "South/WH", 3, 2, 3
VENDORS, CUSTOMERS, TRANSIT = 40, 41, 42
BOUGHT, KEPT = 2, 3  # products
BUYER = 7


def supply(scene, moment, text) -> None:
    """Adds the rows and their truth to a Scene; `moment` and `text` are those of its file."""
    for id, name, usage in ((CUSTOMERS, "Customers", "customer"), (TRANSIT, "Transit", "transit")):
        scene.add("stock.location", id, name=name, complete_name=name, usage=usage, active=True)
    for warehouse, company in ((1, 1), (3, 2)):
        scene.add(
            "stock.picking.type", warehouse * 10 + 3, name="outgoing", code="outgoing", warehouse_id=warehouse,
            company_id=company, active=True,
        )  # fmt: skip

    def told(kpi: str, model: str, id: int, started: datetime, ended: datetime | None, plant: str = PLANT) -> None:
        row = {"kpi": kpi, "record_model": model, "record_id": id, "plant": plant}
        scene.truth.append(row | {"started_at": text(started), "ended_at": text(ended) or None})

    def goods(
        id: int, source: int, target: int, created: datetime, done: datetime | None, product: int = BOUGHT, **values
    ) -> None:
        """A move of ten pieces."""
        there = {"quantity": 10.0, "picked": bool(done), "quantity_done": 10.0 if done else 0.0}
        scene.add(
            "stock.move", id, created=created, state="done" if done else "assigned", product_id=product,
            product_uom=1, product_uom_qty=10.0, date=text(done or created), location_id=source,
            location_dest_id=target, **({"company_id": COMPANY} | there | values),
        )  # fmt: skip

    def transfer(id: int, type: int, source: int, target: int, created: datetime, done: datetime | None, **values):
        scene.add(
            "stock.picking", id, created=created, name=f"PICK/{id}", state="done" if done else "assigned",
            picking_type_id=type, location_id=source, location_dest_id=target, scheduled_date=text(created),
            date_done=text(done), **({"company_id": COMPANY} | values),
        )  # fmt: skip

    for id, promised, received, confirmed in (
        (41, moment(20), moment(22, 3), True),
        (42, moment(26), moment(25, 2), False),
        (43, moment(24), None, True),
        (44, moment(28), moment(21, 4), False),
    ):
        created, ordered, due = moment(15, -1), moment(15, 2), _end_of_day(promised)
        order = scene.purchase(
            id, PLANT, created, 100.0, date_planned=text(promised), qty_received=10.0 if received else 0.0
        )
        order.change(ordered, BUYER, state="purchase")
        order.values |= {"mail_reception_confirmed": confirmed, "acknowledged": confirmed}
        transfer(id, WAREHOUSE * 10 + 2, VENDORS, STOCK, ordered, received)
        goods(
            id, VENDORS, STOCK, ordered, received, purchase_line_id=id, picking_id=id,
            picking_type_id=WAREHOUSE * 10 + 2,
        )  # fmt: skip
        told("receipt_delay", "purchase.order", id, due, received and max(due, received))
        if not confirmed:  # when the others were is not recorded
            told("vendor_confirmation_time", "purchase.order", id, ordered, received)

    for id, done in ((51, moment(18, 4)), (52, None)):
        created = moment(16 if done else 27)
        transfer(id, WAREHOUSE * 10 + 3, STOCK, CUSTOMERS, created, done)
        goods(id, STOCK, CUSTOMERS, created, done, picking_id=id, picking_type_id=WAREHOUSE * 10 + 3)
        told("picking_lead_time", "stock.picking", id, created, done)
        if done is None:  # of what is done nothing says when it was ready
            told("picking_handling_time", "stock.picking", id, created, None)

    gone, there = moment(19), moment(21, 6)
    nord = {"company_id": 1}
    transfer(61, 13, 1, TRANSIT, moment(17), gone, **nord)
    transfer(62, 22, TRANSIT, 2, moment(17), there, **nord)
    goods(61, 1, TRANSIT, moment(17), gone, picking_id=61, picking_type_id=13, move_dest_ids=[62], **nord)
    goods(62, TRANSIT, 2, moment(17), there, picking_id=62, picking_type_id=22, **nord)
    told("interplant_transfer_time", "stock.picking", 61, moment(17), there, "Nord/LYO")
    told("picking_lead_time", "stock.picking", 61, moment(17), gone, "Nord/WH")
    told("picking_lead_time", "stock.picking", 62, moment(17), there, "Nord/LYO")

    needed, asked = moment(23, 1), moment(24, 5)
    scene.add(
        "stock.warehouse.orderpoint", 2, name="OP/2", product_id=KEPT, warehouse_id=WAREHOUSE, location_id=STOCK,
        company_id=COMPANY, product_min_qty=5.0, product_max_qty=20.0, trigger="manual", active=True,
    )  # fmt: skip
    scene.add("stock.quant", 2, product_id=KEPT, location_id=STOCK, company_id=COMPANY, quantity=2.0)
    goods(71, STOCK, CUSTOMERS, needed, needed, KEPT)
    scene.purchase(45, PLANT, asked, 100.0, product=KEPT)
    told("orderpoint_order_time", "stock.warehouse.orderpoint", 2, needed, asked)


def _end_of_day(at: datetime) -> datetime:
    """Midnight in Paris after a moment, in UTC."""
    zone = ZoneInfo("Europe/Paris")
    day = at.replace(tzinfo=UTC).astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(day, time(), zone).astimezone(UTC).replace(tzinfo=None)
