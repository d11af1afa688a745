"""Simulated documents as records: ids and names in the order of creation, fields as Odoo's RPC names them."""

from __future__ import annotations

from collections import Counter

from etl.demo.basics import (
    CUSTOMERS,
    PRODUCTION,
    SCRAP,
    SUBCONTRACTOR,
    TRANSIT,
    UNIT,
    VENDORS,
    currency_id,
    depot_location_id,
    picking_type_id,
    quarantine_location_id,
    shop_location_id,
    stock_location_id,
)
from etl.demo.clock import NEVER, stamp
from etl.demo.document import Block, Document, Line, Move, Order, Purchase, Review, Sale, SaleLine, Transfer
from etl.demo.people import ADMIN
from etl.demo.plants import CRATES, PLANTS, Plant
from etl.demo.products import CRATE, PRODUCT, SUBCONTRACTED_ID, Product, bom_line_id
from etl.demo.purchasing import REVIEWER

_SHORT_NAME = {"incoming": "IN", "outgoing": "OUT", "internal": "INT"}


def number(block: Block) -> None:
    """Give every document its id and its name, both in the order of creation as a database would."""
    orders, purchases = block.orders, block.purchases
    numbered = (
        orders, purchases, block.lines, block.sales, block.sale_lines, block.transfers, block.reviews, block.moves,
        block.jobs,
    )  # fmt: skip
    more = (
        block.requests, block.stops, block.nonconformities, block.actions, block.scraps, block.unbuilds,
        block.inspections, block.lots,
    )  # fmt: skip
    for documents in (*numbered, *more, block.activities, block.bills, block.landed_costs):
        documents.sort(key=lambda document: document.created)
        for document_id, document in enumerate(documents, start=1):
            document.id = document_id
    counts = Counter()
    for order in orders:
        if order.split_from is None:
            counts[order.plant.id] += 1
            order.name = f"{order.plant.warehouse}/MO/{counts[order.plant.id]:05d}"
        else:
            order.name = f"{order.split_from.name}-002"
    for order in orders:
        if order.split == 1:
            order.name += "-001"
    for purchase in purchases:
        purchase.name = f"P{purchase.id:05d}"
    for sale in block.sales:
        sale.name = f"S{sale.id:05d}"
    counts.clear()
    for transfer in block.transfers:
        plant = transfer.plant
        counts[plant.id, transfer.kind] += 1
        transfer.name = f"{plant.warehouse}/{_SHORT_NAME[transfer.kind]}/{counts[plant.id, transfer.kind]:05d}"


def joined(some: list[dict], more: list[dict]) -> list[dict]:
    """Records of one source from two hands: settings by their id; what has a date of creation in that order, numbered
    anew."""
    both = [*some, *more]
    if all("create_date" in record for record in both):
        in_order = sorted(both, key=lambda record: record["create_date"])
        return [record | {"id": number} for number, record in enumerate(in_order, start=1)]
    return sorted({record["id"]: record for record in both}.values(), key=lambda record: record["id"])


def records(block: Block) -> dict[str, list[dict]]:
    """Records of all documents and moves; `number` must have run."""
    return {
        "mrp_production": [_order(order) for order in block.orders],
        "purchase_order": [_purchase(purchase) for purchase in block.purchases],
        "purchase_order_line": [_line(line) for line in block.lines],
        "sale_order": [_sale(sale) for sale in block.sales],
        "sale_order_line": [_sale_line(line) for line in block.sale_lines],
        "stock_picking": [_transfer(transfer) for transfer in block.transfers],
        "stock_move": [_move(move) for move in block.moves],
        "stock_move_line": _move_lines(block),
        "stock_warehouse_orderpoint": [rule(block, plant.id, plant, CRATE, CRATES, "manual") for plant in PLANTS],
        "stock_quant": [on_hand(block, plant.id, plant, CRATE, block.crates[plant.id]) for plant in PLANTS],
        "tier_review": [_review(review) for review in block.reviews],
    }


def rule(block: Block, id: int, plant: Plant, product: Product, levels: tuple[float, float], trigger: str) -> dict:
    """The reordering rule of a plant for a product: the least and the most that is kept."""
    made = stamp(block.start)
    return {
        "id": id,
        "name": f"OP/{id:05d}",
        "product_id": product.id,
        "warehouse_id": plant.id,
        "location_id": stock_location_id(plant),
        "company_id": plant.company.id,
        "trigger": trigger,
        "product_min_qty": levels[0],
        "product_max_qty": levels[1],
        "qty_to_order_computed": 0.0,
        "snoozed_until": False,
        "deadline_date": False,
        "route_id": False,
        "active": True,
        "create_date": made,
        "create_uid": ADMIN,
        "write_date": made,
    }


def on_hand(block: Block, id: int, plant: Plant, product: Product, quantity: float) -> dict:
    """What the plant has of a product in its stock."""
    return {
        "id": id,
        "product_id": product.id,
        "location_id": stock_location_id(plant),
        "lot_id": False,
        "package_id": False,
        "owner_id": False,
        "company_id": plant.company.id,
        "quantity": quantity,
        "reserved_quantity": 0.0,
        "in_date": stamp(block.start),
        "inventory_date": False,
        "create_date": stamp(block.start),
    }


def _origin(document: Document) -> str | bool:
    """The name of what asked for the document."""
    if isinstance(document.origin, str):
        return document.origin or False
    # An order that was split later was asked for under its first name.
    return document.origin.name.removesuffix("-001")


def _order(order: Order) -> dict:
    return {
        "id": order.id,
        "name": order.name,
        "origin": _origin(order),
        "state": order.state,
        "reservation_state": order.reservation_state,
        "product_id": order.product,
        "product_qty": order.product_qty,
        "product_uom_id": UNIT,
        "bom_id": PRODUCT[order.product].template_id,
        "is_outdated_bom": False,
        "lot_producing_ids": [],
        "qty_producing": order.producing,
        "user_id": order.responsible,
        "company_id": order.plant.company.id,
        "picking_type_id": picking_type_id(order.plant, "mrp_operation"),
        "location_src_id": stock_location_id(order.plant),
        "location_dest_id": stock_location_id(order.plant),
        "production_group_id": False,
        "reference_ids": [],
        "priority": order.priority,
        "backorder_sequence": order.split,
        "orderpoint_id": order.orderpoint,
        "date_start": stamp(order.started),
        "date_finished": stamp(order.finished),
        "date_deadline": stamp(order.deadline) if order.deadline else False,
        "create_date": stamp(order.created),
        "create_uid": order.created_by,
        "write_uid": order.written_by,
        "write_date": stamp(order.written),
        "components_availability_state": _availability(order),
    }


def _availability(order: Order) -> str | bool:
    """What Odoo says of components that are not all there: they are on their way, or nobody sees to them."""
    if order.state != "confirmed" or order.reservation_state == "assigned":
        return False
    return "expected" if any(move.sources for move in order.raws) else "unavailable"


def _purchase(purchase: Purchase) -> dict:
    return {
        "id": purchase.id,
        "name": purchase.name,
        "origin": _origin(purchase),
        "state": purchase.state,
        "partner_id": purchase.vendor,
        "user_id": purchase.user_id,
        "company_id": purchase.plant.company.id,
        "currency_id": currency_id(purchase.plant),
        "picking_type_id": picking_type_id(purchase.plant, "incoming"),
        "amount_untaxed": purchase.amount_untaxed,
        "amount_total": purchase.amount_untaxed,
        "invoice_status": "to invoice" if purchase.state == "purchase" else "no",
        "date_order": stamp(purchase.approved or purchase.created),
        "date_approve": stamp(purchase.approved) if purchase.approved else False,
        "date_planned": stamp(purchase.planned),
        "effective_date": stamp(purchase.received) if purchase.received != NEVER else False,
        "acknowledged": purchase.acknowledged,
        "create_date": stamp(purchase.created),
        "create_uid": purchase.created_by,
        "write_date": stamp(purchase.written),
    }


def _line(line: Line) -> dict:
    return {
        "id": line.id,
        "order_id": line.purchase.id,
        "product_id": line.product,
        "product_uom_id": UNIT,
        "product_qty": line.quantity,
        "qty_received": line.received,
        "qty_invoiced": line.billed,
        "price_unit": line.price,
        "price_subtotal": round(line.quantity * line.price, 2),
        "date_planned": stamp(line.planned),
        "company_id": line.purchase.plant.company.id,
        "create_date": stamp(line.created),
        "write_date": stamp(line.written),
    }


def _sale(sale: Sale) -> dict:
    amount = round(sum(line.quantity * line.price for line in sale.lines), 2)
    is_all = all(line.delivered >= line.quantity for line in sale.lines)
    delivery = "full" if is_all else "partial" if sale.delivered != NEVER else "pending"
    return {
        "id": sale.id,
        "name": sale.name,
        "origin": False,
        "client_order_ref": False,
        "state": sale.state,
        "partner_id": sale.customer,
        "user_id": sale.user_id,
        "company_id": sale.plant.company.id,
        "warehouse_id": sale.plant.id,
        "currency_id": currency_id(sale.plant),
        "amount_untaxed": amount,
        "amount_total": amount,
        "picking_policy": "direct",
        "invoice_status": "to invoice" if sale.delivered != NEVER else "no",
        "delivery_status": delivery if sale.state == "sale" else False,
        "date_order": stamp(sale.ordered if sale.state == "sale" else sale.created),
        "commitment_date": stamp(sale.promised),
        "effective_date": stamp(sale.delivered) if sale.delivered != NEVER else False,
        "stock_reference_ids": [],
        "create_date": stamp(sale.created),
        "create_uid": sale.created_by,
        "write_date": stamp(sale.written),
    }


def _sale_line(line: SaleLine) -> dict:
    return {
        "id": line.id,
        "order_id": line.sale.id,
        "state": line.sale.state,
        "display_type": False,
        "product_id": line.product,
        "product_uom_id": UNIT,
        "company_id": line.sale.plant.company.id,
        "product_uom_qty": line.quantity,
        "qty_delivered": line.delivered,
        "qty_invoiced": 0.0,
        "price_unit": line.price,
        "discount": 0.0,
        "price_subtotal": round(line.quantity * line.price, 2),
        "customer_lead": 0.0,
        "create_date": stamp(line.created),
        "write_date": stamp(max(line.written, line.sale.written)),
    }


def _transfer(transfer: Transfer) -> dict:
    places = [_location(name, transfer.plant) for name in transfer.places]
    is_open = transfer.state not in ("done", "cancel")
    return {
        "id": transfer.id,
        "name": transfer.name,
        "origin": _origin(transfer),
        "state": transfer.state,
        "picking_type_id": picking_type_id(transfer.plant, transfer.kind),
        "partner_id": transfer.partner,
        "user_id": False,
        "company_id": transfer.plant.company.id,
        "priority": "0",
        "move_type": "direct",
        "location_id": places[0],
        "location_dest_id": places[1],
        "backorder_id": transfer.backorder_of.id if transfer.backorder_of else False,
        "return_id": False,
        "sale_id": transfer.sale.id if transfer.sale else False,
        "has_deadline_issue": bool(transfer.deadline and is_open and transfer.deadline < transfer.scheduled),
        "scheduled_date": stamp(transfer.scheduled),
        "date_deadline": stamp(transfer.deadline) if transfer.deadline else False,
        "date_done": stamp(transfer.done) if transfer.done != NEVER else False,
        "create_date": stamp(transfer.created),
        "create_uid": transfer.created_by,
        "write_date": stamp(transfer.written),
    }


def _move(move: Move) -> dict:
    order, transfer = move.consumed_by or move.made_by, move.transfer or move.receipt
    source, target = (_location(name, move.plant) for name in _places(move))
    kind = "mrp_operation" if order else "internal" if move.receipt or not transfer else transfer.kind
    return {
        "id": move.id,
        "reference": order.name if order else transfer.name if transfer else "Product Quantity Updated",
        "origin": order.name if order else _origin(transfer) if transfer else False,
        "state": move.state,
        "product_id": move.product,
        "product_uom": UNIT,
        "product_uom_qty": move.demand,
        "quantity": move.quantity,
        "picked": move.state == "done",
        "date": stamp(move.at),
        "date_deadline": stamp(move.deadline) if move.deadline else False,
        "reservation_date": False,
        "delay_alert_date": False,
        "location_id": source,
        "location_dest_id": target,
        "raw_material_production_id": move.consumed_by.id if move.consumed_by else False,
        "production_id": move.made_by.id if move.made_by else False,
        "bom_line_id": bom_line_id(move.product, order.product) if move.consumed_by and not move.substitute else False,
        "workorder_id": False,
        "purchase_line_id": move.line.id if move.line else False,
        "sale_line_id": move.sale_line.id if move.sale_line else False,
        "orderpoint_id": False,
        "picking_id": move.transfer.id if move.transfer else False,
        "picking_type_id": False if move.counted_by else picking_type_id(move.plant, kind),
        "partner_id": transfer.partner if transfer else False,
        "company_id": move.plant.company.id,
        "scrap_id": False,
        "origin_returned_move_id": move.returned.id if move.returned else False,
        "is_inventory": move.counted_by is not None,
        "is_subcontract": bool(move.line) and move.product == SUBCONTRACTED_ID,
        "price_unit": float(move.line.price) if move.line else 0.0,
        "value": move.value,
        "reference_ids": [],
        "move_dest_ids": [destination.id for destination in move.destinations],
        "create_date": stamp(move.created),
        "create_uid": move.counted_by or (order or transfer).created_by,
        "write_date": stamp(move.written),
        "forecast_availability": move.quantity,
        "forecast_expected_date": _expected(move),
    }


def _places(move: Move) -> tuple[str, str]:
    """From where to where goods go."""
    if move.consumed_by or move.made_by:
        return ("stock", "production") if move.consumed_by else ("production", "stock")
    if move.line and move.product == SUBCONTRACTED_ID:
        return ("subcontractor", "stock")
    return move.places or move.transfer.places


def _location(name: str, plant: Plant) -> int:
    """The id of one of the plant's places, or of one that all plants share."""
    own = {
        "stock": stock_location_id, "quarantine": quarantine_location_id, "shop": shop_location_id,
        "depot": depot_location_id,
    }  # fmt: skip
    shared = {
        "production": PRODUCTION, "scrap": SCRAP, "vendors": VENDORS, "customers": CUSTOMERS, "transit": TRANSIT,
        "subcontractor": SUBCONTRACTOR,
    }  # fmt: skip
    return own[name](plant) if name in own else shared[name]


def _move_lines(block: Block) -> list[dict]:
    """The one line of each move that was held, or whose goods were set aside, in the order of creation. Of production
    orders only those that waited have theirs here."""
    there = ("assigned", "partially_available", "done")
    moves = [
        move
        for move in block.moves
        if (move.reserved or move.receipt) and move.state in there
        and (move.consumed_by is None or move.consumed_by.waited)
    ]  # fmt: skip
    moves.sort(key=lambda move: move.reserved or move.created)
    return [_move_line(number, move) for number, move in enumerate(moves, start=1)]


def _move_line(number: int, move: Move) -> dict:
    source, target = (_location(name, move.plant) for name in _places(move))
    return {
        "id": number,
        "move_id": move.id,
        "picking_id": move.transfer.id if move.transfer else False,
        "state": move.state,
        "product_id": move.product,
        "product_uom_id": UNIT,
        "quantity": move.quantity,
        "picked": move.state == "done",
        "lot_id": move.lot.id if move.lot else False,
        "package_id": False,
        "result_package_id": False,
        "location_id": source,
        "location_dest_id": target,
        "company_id": move.plant.company.id,
        "date": stamp(move.at),
        "create_date": stamp(move.reserved or move.created),
        "write_date": stamp(max(move.written, move.reserved or move.created)),
    }


def _expected(move: Move) -> str | bool:
    """When what a component lacks is to arrive, as far as something on its way was ordered for it."""
    awaited = [source.at for source in move.sources if source.state not in ("done", "cancel")]
    is_short = move.consumed_by and move.state in ("confirmed", "waiting", "partially_available")
    return stamp(max(awaited)) if awaited and is_short else False


def _review(review: Review) -> dict:
    return {
        "id": review.id,
        "model": "purchase.order",
        "res_id": review.purchase.id,
        "definition_id": review.definition,
        "sequence": review.sequence,
        "status": review.status,
        "requested_by": review.requested_by,
        "reviewer_ids": [REVIEWER[review.definition]],
        "done_by": review.done_by,
        "reviewed_date": stamp(review.reviewed) if review.reviewed else False,
        "create_date": stamp(review.created),
        "write_date": stamp(review.written),
    }
