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
    deliveries: list = field(default_factory=list)
    reviews: list = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)
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
    """A production order; `started` and `finished` are the plan first and the actual afterwards."""

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
    plans: list[Plan] = field(default_factory=list)

    def plan(self, at: int, by: int, start: int, finish: int) -> None:
        """The order is to start and to finish then, as of `at`; its moves go along."""
        self.plans.append(Plan(at, by, start, finish))
        self.started, self.finished, self.written, self.written_by = start, finish, at, by
        for move in [*self.raws, self.made]:
            move.at, move.written = finish if move is self.made else start, at

    def reserve(self, at: int, missing: Move | None = None, share: float = 0.0) -> None:
        """Components are reserved at `at`, all but the `missing` one, of which there is only a share."""
        for move in self.raws:
            if move is missing:
                state = "partially_available" if share else "confirmed"
                move.set(at, state, round(move.demand * share, 2))
            else:
                move.set(at, "assigned", move.demand)
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
    id: int = 0


@dataclass(slots=True, eq=False, kw_only=True)
class Purchase(Document):
    """A purchase order; `received` is its first receipt."""

    vendor: int
    user_id: int
    planned: int
    amount_untaxed: float = 0.0
    state: str = "draft"
    approved: int | None = None
    received: int = NEVER
    lines: list[Line] = field(default_factory=list)


@dataclass(slots=True, eq=False, kw_only=True)
class Delivery:
    """A receipt (picking) of a purchase order."""

    purchase: Purchase
    created: int
    id: int = 0
    name: str = ""


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
    """A background job, by model and method; its messages tell its failures."""

    company: Company
    flow: tuple[str, str]
    created: int
    state: str = "pending"
    started: int | None = None
    done: int | None = None
    retry: int = 0
    failed: bool = False
    result: str | bool = False
    id: int = 0


@dataclass(slots=True, eq=False, kw_only=True)
class Move:
    """A stock move: a component or the product of an order, a receipt of a purchase order line, or, between the
    `places` it names, goods of a delivery that go into quarantine or leave it."""

    plant: Plant
    product: int
    demand: float
    created: int
    at: int
    written: int
    state: str = "draft"
    quantity: float = 0.0
    deadline: int | None = None
    consumed_by: Order | None = None
    made_by: Order | None = None
    line: Line | None = None
    delivery: Delivery | None = None
    places: tuple[str, str] | None = None
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
