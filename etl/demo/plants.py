"""The demo group: its companies, its plants and the policies that make them differ.

Everything that one plant does better or worse than another is a number in a `Policy`; `truths.py` says what
must be seen of it in the KPIs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

# Policies marked `lately` hold for this many weeks before the moment the demo is anchored at.
LATELY_WEEKS = 12
FORGETFUL_WEEKS = 26

# The component that one plant never has enough of (see products.py).
SCARCE = "C-108"
# The component that a vendor machines from what the plant sends.
SUBCONTRACTED = "C-112"


# The share of purchases whose vendor is asked for a quotation first, and by telephone in the one plant that does so.
ASKED, PHONED = 0.35, 0.25

# Minimum and maximum of the crates each plant keeps.
CRATES = (40.0, 90.0)


@dataclass(frozen=True)
class Connector:
    """A connection that fails often, lately: of which company, by the method of its jobs."""

    company: str
    method: str
    fails: float


CONNECTOR = Connector("Alder Asia", "send_to_machine", 0.5)


@dataclass(frozen=True)
class Wait:
    """A wait in working hours: lognormal around its median, cut off at `most`."""

    hours: float
    spread: float = 0.9
    most: float = 400.0


@dataclass(frozen=True)
class Release:
    """How drafts become confirmed orders.

    automated: share that a machine confirms within minutes.
    weekdays: drafts are released in a batch on these weekdays only; empty: when the planner gets to it.
    """

    wait: Wait
    automated: float
    weekdays: tuple[int, ...] = ()


@dataclass(frozen=True)
class Supply:
    """How often components are short at confirmation, and for how long.

    bought: share of the shortages that wait for a purchase of their own, approval and vendor included.
    scarce_*: the same for orders that consume the scarce component.
    """

    wait: Wait
    short: float = 0.15
    bought: float = 0.3
    scarce_wait: Wait | None = None
    scarce_short: float = 0.0


@dataclass(frozen=True)
class Approval:
    """Who approves purchases above `limit` (company currency), and how fast.

    tiers: two reviews in sequence (OCA) instead of Odoo's double validation.
    forgotten: share of the reviews asked for in the last FORGETFUL_WEEKS that nobody ever decides.
    handed: share of the activities of a manager that are given to somebody else, unless decided before.
    stamped: share of the reviews of the second tier that are decided within seconds of the first.
    """

    limit: float
    wait: Wait
    tiers: bool = False
    forgotten: float = 0.0
    handed: float = 0.1
    stamped: float = 0.0


@dataclass(frozen=True)
class Inspection:
    """How many of the deliveries go into quarantine, and for how long."""

    wait: Wait = Wait(7.0, 0.7)
    share: float = 0.35


@dataclass(frozen=True)
class Costing:
    """mismatch: share of vendors' bills that do not match order and receipt. overuse: by which share orders cost more
    than their standard."""

    mismatch: float = 0.12
    overuse: float = 0.0


@dataclass(frozen=True)
class Maintenance:
    """How machines fail and are mended: failures and services planned per working day, the share of repairs that lack a
    part, and the share of services that are done on their day."""

    failures: float = 0.5
    response: Wait = Wait(2.0, 0.8)
    lacks: float = 0.25
    parts: Wait = Wait(20.0, 0.7)
    planned: float = 0.3
    keeps: float = 0.92


@dataclass(frozen=True)
class Defects:
    """What goes wrong with what is made: the share of orders that a nonconformity is reported of, how long its actions
    take, and the shares of orders of which something is scrapped or taken apart again. leaking_lately: the share of the
    orders made lately of which a leak is reported on top of that."""

    reported: float = 0.04
    action: Wait = Wait(25.0, 0.7)
    scrapped: float = 0.07
    unbuilt: float = 0.01
    leaking_lately: float = 0.0


@dataclass(frozen=True)
class Testing:
    """The share of orders that are inspected when they are done, of inspections that fail, and of those that failed in
    the last FORGETFUL_WEEKS of which nothing comes."""

    share: float = 0.06
    fails: float = 0.25
    ignored: float = 0.0


@dataclass(frozen=True)
class Shop:
    """How long an order is worked on, and how that is written down.

    hours: median working hours on an order of usual size.
    timed: share of the orders whose work is timed; of the others Odoo writes the expected time.
    saved: share of the orders that somebody saves on the way without changing anything.
    late: share of the timed work that is entered by hand, `entry` after it was done.
    early: share of the orders whose whole quantity is recorded, and taken back, minutes before work begins.
    """

    hours: float = 2.5
    timed: float = 0.9
    saved: float = 0.0
    late: float = 0.05
    entry: Wait = Wait(4.0, 0.6)
    early: float = 0.0


@dataclass(frozen=True)
class Logistics:
    """How goods leave the plant, and how fast its vendors answer.

    pick: from ready to done. split: share of the deliveries of which only a part leaves at first.
    confirm: from ordering to the vendor's confirmation, of those that confirm. phoned: share of the requests for
    quotation that are not sent but asked for by telephone, of which nothing is recorded. substitutes: share of the
    production orders that take another component than their bill of materials has. reorder: from stock below its
    minimum to the order.
    """

    pick: Wait = Wait(26.0, 0.5, most=200.0)
    split: float = 0.06
    confirm: Wait = Wait(7.0, 0.8, most=90.0)
    phoned: float = 0.0
    substitutes: float = 0.06
    reorder: Wait = Wait(9.0, 0.1)


@dataclass(frozen=True)
class Policy:
    """How one plant works. start: from an order that is ready to the beginning of work. slack: working hours from the
    release of an order to its planned start."""

    release: Release
    supply: Supply
    approval: Approval
    inspection: Inspection = Inspection()
    maintenance: Maintenance = Maintenance()
    defects: Defects = Defects()
    testing: Testing = Testing()
    shop: Shop = Shop()
    logistics: Logistics = Logistics()
    release_lately: Release | None = None
    start: Wait = Wait(14.0, 1.0)
    slack: float = 30.0
    costing: Costing = Costing()


@dataclass(frozen=True)
class Company:
    """A legal entity: its currency, and the time zone and closing days of its plants.

    holidays: month, day and name, every year. closed: first and last day, and the name.
    """

    id: int
    name: str
    currency: str
    country_id: int
    tz: str
    holidays: tuple[tuple[int, int, str], ...]
    closed: tuple[tuple[date, date, str], ...] = ()

    def is_working(self, day: date) -> bool:
        """Whether plants and offices of the company work on `day`."""
        return day.weekday() < 5 and not any(first <= day <= last for first, last, _ in self.closures(day.year))

    def closures(self, year: int) -> list[tuple[date, date, str]]:
        """First and last day, and name, of everything that closes the company in a year."""
        fixed = [(date(year, month, day), date(year, month, day), name) for month, day, name in self.holidays]
        return fixed + [closure for closure in self.closed if closure[0].year == year]


@dataclass(frozen=True)
class Plant:
    """One warehouse: volume per working day, what it makes and how it works."""

    id: int
    warehouse: str
    name: str
    company: Company
    orders: float
    purchases: float
    families: tuple[str, ...]
    policy: Policy
    sales: float = 0.8

    @property
    def code(self) -> str:
        """The plant's name in the dashboard: company and warehouse code."""
        return f"{self.company.name}/{self.warehouse}"


# Two plants follow the same policy to the letter: any difference between them is chance.
TWINS = Policy(
    release=Release(wait=Wait(3.0, 1.1), automated=0.25),
    supply=Supply(wait=Wait(9.0, 0.8)),
    approval=Approval(limit=1500.0, wait=Wait(2.2, 1.3, most=45.0)),
)

# Orders are released on Tuesdays and Thursdays only and promised too early, one component is always short, the manager
# takes days, and so do the inspector, the warehouse and who orders crates. Orders lie on the shop floor longer than
# they are worked on, and half of the work is entered days later; some are reported complete before it begins, most are
# saved on the way without a change. Its mechanics come late, what is agreed on for quality is done late, and products
# are often taken apart again. A third of the vendors' bills do not match. Many vendors are asked by telephone.
LYON = Policy(
    release=Release(wait=Wait(1.0, 0.5, most=4.0), automated=0.02, weekdays=(1, 3)),
    supply=Supply(wait=Wait(9.0, 0.8), scarce_wait=Wait(48.0), scarce_short=0.6),
    approval=Approval(limit=1200.0, wait=Wait(27.0, 0.6, most=81.0), handed=0.5),
    inspection=Inspection(wait=Wait(24.0, 0.7)),
    maintenance=Maintenance(response=Wait(9.0, 0.8)),
    defects=Defects(action=Wait(100.0, 0.6), unbuilt=0.05),
    shop=Shop(hours=1.0, timed=0.75, saved=0.6, late=0.5, entry=Wait(24.0, 0.6), early=0.15),
    logistics=Logistics(pick=Wait(72.0, 0.5, most=300.0), phoned=PHONED / ASKED, reorder=Wait(36.0, 0.1)),
    slack=8.0,
    costing=Costing(mismatch=0.35),
)

# Planners were slow until a rule began to confirm orders; large purchases need two tiers: some never get the first or
# the second, which approves nearly all others within seconds of the first. Hardly any delivery is inspected, more is
# scrapped, and of many checks that fail nothing comes; deliveries leave in parts, vendors take days to confirm, and
# what is not there is replaced. Machines are not kept: they fail more often, and parts come from afar. Orders take more
# material than their standard has, and a seal of theirs has been leaking lately. What is ready is handed over slowly:
# work begins days later, and is planned so.
SINGAPORE = Policy(
    release=Release(wait=Wait(7.0, 0.8), automated=0.10),
    release_lately=Release(wait=Wait(5.0, 0.8), automated=0.80),
    supply=Supply(wait=Wait(9.0, 0.8)),
    approval=Approval(
        limit=2000.0, wait=Wait(5.0, 0.8, most=45.0), tiers=True, forgotten=0.08, handed=1.0, stamped=0.8
    ),
    inspection=Inspection(share=0.05),
    costing=Costing(overuse=0.05),
    logistics=Logistics(split=0.45, confirm=Wait(24.0, 0.6, most=90.0), substitutes=0.25),
    maintenance=Maintenance(failures=0.9, parts=Wait(70.0, 0.6), keeps=0.5),
    defects=Defects(scrapped=0.25, leaking_lately=0.05),
    testing=Testing(ignored=0.4),
    start=Wait(36.0, 0.5),
    slack=56.0,
)


def _years(*spans: tuple[int, int, int, int, str]) -> tuple[tuple[date, date, str], ...]:
    """The same closing days (month, day to month, day) in every year the demo may be run in."""
    return tuple((date(y, a, b), date(y, c, d), name) for y in range(2020, 2041) for a, b, c, d, name in spans)


INDUSTRIES = Company(
    id=1,
    name="Alder Industries",
    currency="USD",
    country_id=233,
    tz="America/Chicago",
    holidays=(
        (1, 1, "New Year's Day"),
        (7, 4, "Independence Day"),
        (11, 11, "Veterans Day"),
        (12, 24, "Christmas Eve"),
        (12, 25, "Christmas Day"),
        (12, 31, "New Year's Eve"),
    ),
)
FRANCE = Company(
    id=2,
    name="Alder France",
    currency="EUR",
    country_id=75,
    tz="Europe/Paris",
    holidays=(
        (1, 1, "Jour de l'an"),
        (5, 1, "Fête du Travail"),
        (5, 8, "Victoire 1945"),
        (7, 14, "Fête nationale"),
        (8, 15, "Assomption"),
        (11, 1, "Toussaint"),
        (11, 11, "Armistice"),
    ),
    closed=_years((8, 8, 8, 16, "Fermeture d'été"), (12, 24, 12, 31, "Fermeture de fin d'année")),
)
ASIA = Company(
    id=3,
    name="Alder Asia",
    currency="SGD",
    country_id=197,
    tz="Asia/Singapore",
    holidays=((1, 1, "New Year's Day"), (5, 1, "Labour Day"), (8, 9, "National Day"), (12, 25, "Christmas Day")),
    closed=(
        (date(2024, 2, 10), date(2024, 2, 13), "Chinese New Year"),
        (date(2025, 1, 29), date(2025, 1, 31), "Chinese New Year"),
        (date(2026, 2, 17), date(2026, 2, 19), "Chinese New Year"),
        (date(2027, 2, 6), date(2027, 2, 9), "Chinese New Year"),
        (date(2028, 1, 26), date(2028, 1, 28), "Chinese New Year"),
    ),
)
# Plants work in two shifts; who is in an office comes later and leaves earlier.
SHIFTS = (6, 14, 22)
OFFICE = (8, 17)
COMPANIES = (INDUSTRIES, FRANCE, ASIA)

_PUMPS_AND_VALVES = ("Centrifugal pumps", "Ball valves", "Actuators", "Control units")
PLANTS = (
    Plant(1, "WH", "Milwaukee", INDUSTRIES, 8.0, 2.1, _PUMPS_AND_VALVES, TWINS),
    Plant(2, "WH", "Lyon", FRANCE, 5.6, 1.5, ("Gear pumps", "Butterfly valves", "Control units"), LYON),
    Plant(3, "SIN", "Singapore", ASIA, 7.4, 1.6, ("Gear pumps", "Ball valves", "Control units"), SINGAPORE),
    Plant(4, "TUL", "Tulsa", INDUSTRIES, 6.0, 1.6, _PUMPS_AND_VALVES, TWINS),
)
BY_CODE = {plant.code: plant for plant in PLANTS}


@dataclass(frozen=True)
class ExecutionSystem:
    """The MES of a plant, and which share of what it reports to Odoo fails at first."""

    plant: Plant
    fails: float


MES = ExecutionSystem(PLANTS[0], 0.06)
