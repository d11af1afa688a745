"""Simulated documents as records: ids and names in the order of creation, fields as Odoo's RPC names them."""

from __future__ import annotations

from collections import Counter

from etl.demo.basics import (
    PRODUCTION,
    SCRAP,
    UNIT,
    VENDORS,
    currency_id,
    picking_type_id,
    quarantine_location_id,
    stock_location_id,
)
from etl.demo.clock import NEVER, stamp
from etl.demo.document import Block, Document, Line, Move, Order, Purchase, Review


def number(block: Block) -> None:
    """Give every document its id and its name, both in the order of creation as a database would."""
    orders, purchases = block.orders, block.purchases
    for documents in (orders, purchases, block.lines, block.deliveries, block.reviews, block.moves, block.jobs):
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
    counts.clear()
    for delivery in block.deliveries:
        plant = delivery.purchase.plant
        counts[plant.id] += 1
        delivery.name = f"{plant.warehouse}/IN/{counts[plant.id]:05d}"


def records(block: Block) -> dict[str, list[dict]]:
    """Records of all documents and moves; `number` must have run."""
    return {
        "mrp_production": [_order(order) for order in block.orders],
        "purchase_order": [_purchase(purchase) for purchase in block.purchases],
        "purchase_order_line": [_line(line) for line in block.lines],
        "stock_move": [_move(move) for move in block.moves],
        "stock_move_line": [
            _move_line(number, move) for number, move in enumerate((m for m in block.moves if m.places), start=1)
        ],
        "tier_review": [_review(review) for review in block.reviews],
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
        "bom_id": False,
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
        "qty_invoiced": 0.0,
        "price_unit": line.price,
        "price_subtotal": round(line.quantity * line.price, 2),
        "date_planned": stamp(line.planned),
        "company_id": line.purchase.plant.company.id,
        "create_date": stamp(line.created),
        "write_date": stamp(line.written),
    }


def _move(move: Move) -> dict:
    order, delivery = move.consumed_by or move.made_by, move.delivery
    stock = stock_location_id(move.plant)
    places = (stock, PRODUCTION) if move.consumed_by else (PRODUCTION if move.made_by else VENDORS, stock)
    places = _places(move) if move.places else places
    kind = "internal" if move.places else "mrp_operation" if order else "incoming"
    return {
        "id": move.id,
        "reference": order.name if order else delivery.name,
        "origin": order.name if order else delivery.purchase.name,
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
        "location_id": places[0],
        "location_dest_id": places[1],
        "raw_material_production_id": move.consumed_by.id if move.consumed_by else False,
        "production_id": move.made_by.id if move.made_by else False,
        "workorder_id": False,
        "purchase_line_id": move.line.id if move.line else False,
        "sale_line_id": False,
        "orderpoint_id": False,
        "picking_id": delivery.id if delivery and not move.places else False,
        "picking_type_id": picking_type_id(move.plant, kind),
        "partner_id": delivery.purchase.vendor if delivery else False,
        "company_id": move.plant.company.id,
        "scrap_id": False,
        "origin_returned_move_id": False,
        "is_inventory": False,
        "is_subcontract": False,
        "price_unit": float(move.line.price) if move.line else 0.0,
        "value": 0.0,
        "reference_ids": [],
        "move_dest_ids": [destination.id for destination in move.destinations],
        "create_date": stamp(move.created),
        "write_date": stamp(move.written),
        "forecast_availability": move.quantity,
        "forecast_expected_date": _expected(move),
    }


def _places(move: Move) -> list[int]:
    """From where to where held goods went."""
    plant = move.plant
    ids = {
        "stock": stock_location_id(plant),
        "quarantine": quarantine_location_id(plant),
        "scrap": SCRAP,
        "vendors": VENDORS,
    }
    return [ids[name] for name in move.places]


def _move_line(number: int, move: Move) -> dict:
    """The one line of a move that is done."""
    return {
        "id": number,
        "move_id": move.id,
        "picking_id": False,
        "state": move.state,
        "product_id": move.product,
        "product_uom_id": UNIT,
        "quantity": move.quantity,
        "picked": True,
        "lot_id": False,
        "package_id": False,
        "result_package_id": False,
        "location_id": _places(move)[0],
        "location_dest_id": _places(move)[1],
        "company_id": move.plant.company.id,
        "date": stamp(move.at),
        "create_date": stamp(move.created),
        "write_date": stamp(move.written),
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
        "done_by": review.done_by,
        "reviewed_date": stamp(review.reviewed) if review.reviewed else False,
        "create_date": stamp(review.created),
        "write_date": stamp(review.written),
    }
