"""What a simulated plant leaves behind before it becomes records: documents, moves and events."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from etl.demo.clock import NEVER, Clock
from etl.demo.plants import FORGETFUL_WEEKS, LATELY_WEEKS, Company, Plant


class NotYet(Exception):
    """The next thing to happen lies ahead of now: the document stays as it is."""


class Event(NamedTuple):
    """One transaction on a document or a job: a chatter message and the tracked values it changed."""

    at: int
    document: Document | Job
    by: int
    changes: tuple[tuple[str, object, object], ...] = ()
    kind: str = "notification"
    author: int | None = None


class Plan(NamedTuple):
    """When an order was to start and to finish, as `by` wrote it at `at`."""

    at: int
    by: int
    start: int
    finish: int


@dataclass
class Block:
    """Everything one run simulates; time ends at `now`, and ids are given in `etl.demo.rows`."""

    seed: int
    start: int
    anchor: int
    now: int
    offices: dict[int, Clock]
    shops: dict[int, Clock]
    orders: list = field(default_factory=list)
    purchases: list = field(default_factory=list)
    lines: list = field(default_factory=list)
    sales: list = field(default_factory=list)
    sale_lines: list = field(default_factory=list)
    transfers: list = field(default_factory=list)
    crates: dict[int, float] = field(default_factory=dict)
    inspections: list = field(default_factory=list)
    lots: list = field(default_factory=list)
    reviews: list = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)
    bills: list[Bill] = field(default_factory=list)
    landed_costs: list[LandedCost] = field(default_factory=list)
    requests: list = field(default_factory=list)
    stops: list = field(default_factory=list)
    nonconformities: list = field(default_factory=list)
    actions: list = field(default_factory=list)
    scraps: list = field(default_factory=list)
    unbuilds: list = field(default_factory=list)
    activities: list = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    @property
    def lately(self) -> int:
        """From when on the policies marked `lately` hold."""
        return self.anchor - LATELY_WEEKS * 7 * 86400

    @property
    def forgetful(self) -> int:
        """From when on reviews are forgotten."""
        return self.anchor - FORGETFUL_WEEKS * 7 * 86400


@dataclass(slots=True, eq=False, kw_only=True)
class Document:
    """A record with a chatter; attributes changed through `change` are tracked."""

    block: Block
    plant: Plant
    created: int
    created_by: int
    origin: str | Document = ""
    written: int = 0
    written_by: int = 0
    id: int = 0
    name: str = ""

    def __post_init__(self) -> None:
        self.written, self.written_by = self.created, self.created_by
        self.block.events.append(Event(self.created, self, self.created_by))

    @property
    def office(self) -> Clock:
        return self.block.offices[self.plant.company.id]

    @property
    def shop(self) -> Clock:
        return self.block.shops[self.plant.company.id]

    def change(self, at: int, by: int, **values: object) -> None:
        """Set tracked attributes in one transaction at `at`; NotYet when that is not over yet."""
        if at >= self.block.now:
            raise NotYet
        changes = []
        for name, value in values.items():
            old = getattr(self, name)
            if old != value:
                changes.append((name, old, value))
                setattr(self, name, value)
        self.written, self.written_by = at, by
        self.block.events.append(Event(at, self, by, tuple(changes)))

    def say(self, at: int, by: int, kind: str = "comment", author: int | None = None) -> None:
        """Post a message that changes nothing, unless `at` lies ahead of now."""
        if at < self.block.now:
            self.block.events.append(Event(at, self, by, (), kind, author))


@dataclass(slots=True, eq=False, kw_only=True)
class Order(Document):
    """A production order; `started` and `finished` are the plan first and the actual afterwards. `waited`: it was short
    of a component once. `changed`: when its quantity was, after its release. `work`: what is special of its work orders
    (see shopfloor.py). `unlocked`: when and by whom."""

    product: int
    product_qty: float
    responsible: int | bool
    started: int
    finished: int
    deadline: int | None = None
    orderpoint: int | bool = False
    priority: str = "0"
    state: str = "draft"
    reservation_state: str | bool = False
    producing: float = 0.0
    split_from: Order | None = None
    split: int = 0
    raws: list[Move] = field(default_factory=list)
    made: Move | None = None
    done: int = NEVER
    waited: bool = False
    plans: list[Plan] = field(default_factory=list)
    changed: int | None = None
    work: str = ""
    unlocked: tuple[int, int] | None = None

    def plan(self, at: int, by: int, start: int, finish: int) -> None:
        """The order is to start and to finish then, as of `at`; its moves go along."""
        self.plans.append(Plan(at, by, start, finish))
        self.started, self.finished = start, finish
        if at >= self.written:
            self.written, self.written_by = at, by
        for move in [*self.raws, self.made]:
            move.at, move.written = finish if move is self.made else start, max(at, move.written)

    def reserve(self, at: int, missing: Move | None = None, share: float = 0.0) -> None:
        """Components are reserved at `at`, all but the `missing` one, of which there is only a share. What is topped up
        later keeps the moment of its first reservation."""
        for move in self.raws:
            if move is missing:
                state = "partially_available" if share else "confirmed"
                move.set(at, state, round(move.demand * share, 2))
                move.reserved, self.waited = at if share else None, True
            else:
                move.set(at, "assigned", move.demand)
                move.reserved = move.reserved or at
        self.made.set(at, "confirmed", 0.0)

    def cancel(self) -> None:
        """The moves of a cancelled order are cancelled with it."""
        for move in [*self.raws, self.made]:
            move.set(self.written, "cancel", 0.0)

    def complete(self, at: int) -> None:
        """The order is done at `at`, and its moves with it."""
        self.producing, self.finished, self.done = self.product_qty, at, at
        for move in [*self.raws, self.made]:
            move.set(at, "done", move.demand)


@dataclass(slots=True, eq=False, kw_only=True)
class Line:
    """A purchase order line."""

    purchase: Purchase
    product: int
    quantity: float
    price: float
    planned: int
    created: int
    written: int
    received: float = 0.0
    billed: float = 0.0
    id: int = 0


@dataclass(slots=True, eq=False, kw_only=True)
class Purchase(Document):
    """A purchase order; `received` is its first receipt, `acknowledged` whether its vendor confirmed it."""

    vendor: int
    user_id: int
    planned: int
    amount_untaxed: float = 0.0
    state: str = "draft"
    approved: int | None = None
    received: int = NEVER
    acknowledged: bool = False
    locked: bool = False
    lines: list[Line] = field(default_factory=list)


class Item(NamedTuple):
    """A line of a bill: which line of the purchase order it bills, how much of it and for how much each."""

    line: Line
    quantity: float
    price: float


@dataclass(slots=True, eq=False, kw_only=True)
class Bill(Document):
    """A vendor's bill of what a purchase order brought; `is_off` when it does not match order and receipt."""

    purchase: Purchase
    items: list[Item]
    is_off: bool = False
    state: str = "draft"
    payment_state: str = "not_paid"
    paid: int | None = None


@dataclass(slots=True, eq=False, kw_only=True)
class LandedCost:
    """Freight and duty of a receipt."""

    receipt: Transfer
    created: int
    amount: float
    done: int | None = None
    id: int = 0
    name: str = ""


@dataclass(slots=True, eq=False, kw_only=True)
class SaleLine:
    """A sales order line."""

    sale: Sale
    product: int
    quantity: float
    price: float
    created: int
    written: int
    delivered: float = 0.0
    id: int = 0


@dataclass(slots=True, eq=False, kw_only=True)
class Sale(Document):
    """A sales order, promised for a day; `ordered` is when the customer said yes."""

    customer: int
    user_id: int
    promised: int
    ordered: int
    state: str = "draft"
    delivered: int = NEVER
    lines: list[SaleLine] = field(default_factory=list)


@dataclass(slots=True, eq=False, kw_only=True)
class Transfer(Document):
    """A transfer (picking): the receipt of a purchase order, the delivery of a sales order, or goods on their way from
    one of the `places` to the other. `kind` is the code of its operation type; `scheduled` and `state` are tracked."""

    kind: str
    places: tuple[str, str]
    scheduled: int
    state: str = "draft"
    done: int = NEVER
    deadline: int | None = None
    partner: int | bool = False
    purchase: Purchase | None = None
    sale: Sale | None = None
    backorder_of: Transfer | None = None
    moves: list[Move] = field(default_factory=list)


@dataclass(slots=True, eq=False, kw_only=True)
class Review:
    """One tier that must approve a purchase order."""

    purchase: Purchase
    definition: int
    sequence: int
    status: str
    requested_by: int
    created: int
    written: int
    done_by: int | bool = False
    reviewed: int | None = None
    id: int = 0


@dataclass(slots=True, eq=False, kw_only=True)
class Job:
    """A background job, by model and method, for a document; its messages tell its failures."""

    company: Company
    flow: tuple[str, str]
    created: int
    document: Document | None = None
    state: str = "pending"
    started: int | None = None
    done: int | None = None
    retry: int = 0
    failed: bool = False
    result: str | bool = False
    id: int = 0


@dataclass(slots=True, eq=False, kw_only=True)
class Lot:
    """Goods of one product that are told apart from others."""

    plant: Plant
    product: int
    created: int
    by: int
    id: int = 0


@dataclass(slots=True, eq=False, kw_only=True)
class Move:
    """A stock move: a component or the product of an order, a move of a transfer, or, between the `places` it names,
    goods of a receipt that go into quarantine or leave it without one. `reserved` is when its goods were set aside;
    a `substitute` is not on the bill of materials; `counted_by` is who counted the stock it corrects, `returned` the
    receipt of what goes back."""

    plant: Plant
    product: int
    demand: float
    created: int
    at: int
    written: int
    state: str = "draft"
    quantity: float = 0.0
    value: float = 0.0
    deadline: int | None = None
    consumed_by: Order | None = None
    made_by: Order | None = None
    line: Line | None = None
    sale_line: SaleLine | None = None
    transfer: Transfer | None = None
    receipt: Transfer | None = None
    places: tuple[str, str] | None = None
    reserved: int | None = None
    substitute: bool = False
    counted_by: int | None = None
    lot: Lot | None = None
    returned: Move | None = None
    destinations: list[Move] = field(default_factory=list)
    sources: list[Move] = field(default_factory=list)
    id: int = 0

    def feed(self, other: Move) -> None:
        """What this move brings is what the other one waits for."""
        self.destinations.append(other)
        other.sources.append(self)

    def set(self, at: int, state: str, quantity: float) -> None:
        """The move changes at `at`; a move that is done carries the time it was done."""
        self.state, self.quantity, self.written = state, quantity, at
        if state == "done":
            self.at = at
