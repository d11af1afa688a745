"""What imports, clocks that are wrong and changed settings leave in the data: a defect for each check.

The documents were over long ago, but for one that waits for an approval nobody asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from etl.demo.basics import picking_type_id
from etl.demo.chatter import TRACKED
from etl.demo.document import Block, Document
from etl.demo.incidents import Incident, add_change, add_like
from etl.demo.people import TEAMS
from etl.demo.plants import PLANTS, Plant
from queries.config import Interface, Marker, Process, ProcessRule
from queries.config import Plant as ConfiguredPlant

_DAY = 86400
_MILWAUKEE, _LYON, _SINGAPORE, _TULSA = PLANTS
# What the configuration of the demo names, and its Odoo does not have.
PLANT_THAT_IS_NOT_THERE = ConfiguredPlant("Alder France/OLD", company="Alder France", warehouse="OLD", name="Old mill")
INTERFACE_THAT_IS_NOT_THERE = Interface("Old mill", "queue_job", flow=("mill.*",), owner="Head of IT")
MARKER_THAT_IS_NOT_THERE = Marker("Merge small purchases", plants=(_LYON.code,))
PROCESS_THAT_IS_NOT_THERE = Process(
    "production",
    rules=(
        ProcessRule(
            "sawn without start", "production", "missing", ("started",), owner="Foreman", product_families=("Planks",)
        ),
    ),
)


def plant(block: Block, found: dict[str, list[dict]]) -> list[Incident]:
    return [
        *_imported(block, found),
        *_of_no_plant(block, found),
        *_changed_before_it_was_made(block, found),
        *_waits_without_request(block, found),
        *_paused(block, found),
        *_done_before_begun(block, found),
        *_of_tomorrow(block, found),
        *_line_without_order(found),
        Incident("configured_plant_without_warehouse"),
        Incident("configured_marker_without_change"),
        Incident("configured_interface_without_match"),
        Incident("configured_rule_without_match"),
    ]


def _first(documents: Iterable[Document], plant: Plant, state: str) -> list[Document]:
    """The first document of a plant in a state; none in a demo of a few days."""
    return list(islice((one for one in documents if one.plant is plant and one.state == state), 1))


def _imported(block: Block, found: dict[str, list[dict]]) -> Iterator[Incident]:
    """An order that was imported: nothing says when it was released, and its state was once called otherwise."""
    for order in _first(block.orders, _MILWAUKEE, "done"):
        id = add_like(found, "mrp_production", order.id, name="WH/MO/IMPORT/1")
        by = TEAMS[_MILWAUKEE.code].planners[0]
        add_change(found, order.done, by, "mrp.production", id, "state", "Planned", "Closed")
        for rule in ("release_not_recorded", "state_label_without_key"):
            yield Incident(rule, "mrp.production", id, _MILWAUKEE.code)


def _of_no_plant(block: Block, found: dict[str, list[dict]]) -> Iterator[Incident]:
    """An order of an operation type without a warehouse."""
    for order in _first(block.orders, _TULSA, "cancel"):
        original = picking_type_id(_TULSA, "mrp_operation")
        type = add_like(found, "stock_picking_type", original, name="Prototypes", warehouse_id=False)
        id = add_like(found, "mrp_production", order.id, name="PROTO/00001", picking_type_id=type)
        yield Incident("order_without_plant", "mrp.production", id)


def _changed_before_it_was_made(block: Block, found: dict[str, list[dict]]) -> Iterator[Incident]:
    """A purchase order whose cancelling a server with a slow clock dated a day too early."""
    for purchase in _first(block.purchases, _SINGAPORE, "cancel"):
        id = add_like(found, "purchase_order", purchase.id, name="P/SLOW/1")
        at = purchase.created - _DAY
        add_change(found, at, purchase.user_id, "purchase.order", id, "state", "RFQ", "Cancelled")
        yield Incident("event_before_creation", "purchase.order", id, _SINGAPORE.code)


def _waits_without_request(block: Block, found: dict[str, list[dict]]) -> Iterator[Incident]:
    """A purchase order that code put up for approval without a trace."""
    for purchase in islice((one for one in reversed(block.purchases) if one.plant is _TULSA), 1):
        asked = {"state": "to approve", "acknowledged": False, "date_approve": False, "effective_date": False}
        id = add_like(found, "purchase_order", purchase.id, name="P/API/1", invoice_status="no", **asked)
        yield Incident("approval_without_request", "purchase.order", id, _TULSA.code)


def _paused(block: Block, found: dict[str, list[dict]]) -> Iterator[Incident]:
    """An order in a state that a module had added."""
    for order in _first(block.orders, _LYON, "cancel"):
        id = add_like(found, "mrp_production", order.id, name="WH/MO/PAUSED/1")
        labels = found["ir_model_fields_selection"]
        [field] = {tracked.id for tracked in TRACKED if (tracked.model, tracked.name) == ("mrp.production", "state")}
        number = labels[-1]["id"] + 1
        labels += [labels[-1] | {"id": number, "lang": lang, "field_id": field, "value": "paused", "name": label}
                   for lang, label in (("en_US", "Paused"), ("fr_FR", "En pause"))]  # fmt: skip
        by = TEAMS[_LYON.code].planners[0]
        add_change(found, order.written, by, "mrp.production", id, "state", "Brouillon", "En pause")
        yield Incident("state_unknown", "mrp.production", id, _LYON.code)


def _done_before_begun(block: Block, found: dict[str, list[dict]]) -> Iterator[Incident]:
    """An order that was done an hour before it was begun, as two servers say."""
    for order in _first(block.orders, _SINGAPORE, "done"):
        id = add_like(found, "mrp_production", order.id, name="SIN/MO/CLOCK/1")
        by = TEAMS[_SINGAPORE.code].planners[0]
        for hours, old, new in (
            (-9, "Draft", "Confirmed"),
            (-1, "Confirmed", "In Progress"),
            (-2, "In Progress", "Done"),
        ):
            add_change(found, order.done + hours * 3600, by, "mrp.production", id, "state", old, new)
        yield Incident("milestone_out_of_order", "mrp.production", id, _SINGAPORE.code)


def _of_tomorrow(block: Block, found: dict[str, list[dict]]) -> Iterator[Incident]:
    """A purchase order that was cancelled tomorrow."""
    for purchase in _first(block.purchases, _MILWAUKEE, "cancel"):
        id = add_like(found, "purchase_order", purchase.id, name="P/FAST/1")
        add_change(found, block.now + _DAY, purchase.user_id, "purchase.order", id, "state", "RFQ", "Cancelled")
        yield Incident("event_in_the_future", "purchase.order", id, _MILWAUKEE.code)


def _line_without_order(found: dict[str, list[dict]]) -> Iterator[Incident]:
    """A line whose order was deleted while it was read."""
    for line in found["purchase_order_line"][:1]:
        id = add_like(found, "purchase_order_line", line["id"], order_id=found["purchase_order"][-1]["id"] + 1000)
        yield Incident("orphaned_row", "purchase.order.line", id)
