"""What the plants leave undone: drafts, short orders, approvals, a scheduled action that fails; and one day on which a
purchase was entered over and over."""

from __future__ import annotations

from collections.abc import Iterator

from etl.demo.basics import picking_type_id
from etl.demo.clock import stamp
from etl.demo.document import Block
from etl.demo.incidents import Incident, add_like
from etl.demo.plants import PLANTS


def plant(block: Block, found: dict[str, list[dict]]) -> list[Incident]:
    drafts = [order for order in block.orders if order.state == "draft"]
    short = [o for o in block.orders if o.state == "confirmed" and o.reservation_state in ("confirmed", "waiting")]
    reviewed = {review.purchase.id for review in block.reviews if review.status == "pending"}
    asked = [p for p in block.purchases if p.state == "to approve" or p.id in reviewed]
    return [
        *(Incident("stalled_draft_order", "mrp.production", order.id, order.plant.code) for order in drafts),
        *_unsent(block, found),
        *(Incident("short_order", "mrp.production", order.id, order.plant.code) for order in short),
        *(Incident("waiting_approval", "purchase.order", p.id, p.plant.code) for p in asked),
        *(
            Incident("failing_scheduled_action", "ir.cron", cron["id"])
            for cron in found["ir_cron"]
            if cron["failure_count"]
        ),
        *_loop(block, found),
    ]


def _unsent(block: Block, found: dict[str, list[dict]]) -> Iterator[Incident]:
    """Requests for quotation that never became orders, and wait for nobody's approval."""
    plants = {picking_type_id(plant, "incoming"): plant.code for plant in PLANTS}
    asked = {review.purchase.id for review in block.reviews if review.status in ("pending", "waiting")}
    for purchase in found["purchase_order"]:
        if purchase["state"] in ("draft", "sent") and purchase["id"] not in asked:
            yield Incident(
                "stalled_draft_purchase", "purchase.order", purchase["id"], plants.get(purchase["picking_type_id"])
            )


def _loop(block: Block, found: dict[str, list[dict]]) -> Iterator[Incident]:
    """On a working day of last week one request for quotation was made forty times, and cancelled since."""
    model = [p for p in block.purchases if p.plant is PLANTS[0] and p.state == "cancel"]
    opened = [at for at in block.offices[PLANTS[0].company.id].opens if at < block.now - 2 * 86400]
    for purchase in model[:1]:
        made = stamp(opened[-1] + 7200)
        for number in range(1, 41):
            id = add_like(found, "purchase_order", purchase.id, name=f"P/LOOP/{number}", create_date=made)
        yield Incident("unusual_volume", "purchase.order", id, PLANTS[0].code)
