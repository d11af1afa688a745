"""What is planted in the demo plants, and must be seen in the KPIs.

`plants.py` makes each statement true by the policies of the plants. A test of a KPI asks `planted(kpi)` for
the truths about it and calls `holds` with a function that measures the KPI for a `Cut`:

    release_lead_time             p50 of created to confirmed, elapsed, by start
    shortage_resolution_time      p50 of an interval in which a confirmed order is not ready, elapsed, by start
    shortage_share                share of confirmed orders that were ever short of a component
    purchase_approval_turnaround  p50 of approval asked for to last decision, elapsed, by start
    weekend_approval_share        share of approvals decided on a Saturday or Sunday of the plant
    approval_age                  age of the oldest undecided approval, in seconds at the end
    automated_release_share       share of confirmations made by a machine
    production_cycle_time         p50 of work begun to done, by the weekday of the start, on either clock
    hold_rate                     deliveries held in quarantine, by product, per purchase order
    quality_hold_duration         p50 of into quarantine to out of it, elapsed, by start
    no_touch_share                share of completed orders that machines alone created, changed and reviewed
    integration_failure_rate      share of jobs that failed at least once, by the first failure or the success
    start_adherence               share of orders that start as planned at their release, in the last LATELY_WEEKS weeks

Backorders are never released (backorder_sequence above 1), and sub-assemblies are released in the second they
are asked for, with the order that needs them: whether they count changes no verdict.
To be short of a component is "Waiting"; "Waiting Another Operation" is a sub-assembly in the making.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from etl.demo.plants import LATELY_WEEKS, PLANTS, SCARCE
from etl.demo.products import PRODUCTS, SCARCE_ID

MILWAUKEE, LYON, SINGAPORE, TULSA = (plant.code for plant in PLANTS)
ALL = tuple(plant.code for plant in PLANTS)
DAY = 86400.0
FRIDAY, OTHER_DAYS = (4,), (0, 1, 2, 3)

# Names of the products that contain the scarce component.
SCARCE_PRODUCTS = frozenset(
    product.name for product in PRODUCTS if SCARCE_ID in [component for component, _ in product.components]
)


@dataclass(frozen=True)
class Cut:
    """What a figure is measured over.

    period: all, lately (cases that start in the last LATELY_WEEKS weeks) or before (the others).
    scarce: orders for SCARCE_PRODUCTS (True), for any other product (False), or for all (None).
    weekdays: cases that start on these days in the plant's own time (0 is Monday); empty: on any.
    clock: elapsed, or working time of the plant.
    """

    plant: str
    period: str = "all"
    scarce: bool | None = None
    weekdays: tuple[int, ...] = ()
    clock: str = "elapsed"


@dataclass(frozen=True)
class Truth:
    """A figure of a plant, or its ratio to each of `against`, that lies between `low` and `high`."""

    kpi: str
    cut: Cut
    statement: str
    low: float = -math.inf
    high: float = math.inf
    against: tuple[Cut, ...] = ()

    @property
    def plant(self) -> str:
        return self.cut.plant

    def figures(self, value: Callable[[Cut], float]) -> list[float]:
        """The figure, or the ratios, that the truth is about."""
        own = value(self.cut)
        return [own / value(other) for other in self.against] or [own]

    def holds(self, value: Callable[[Cut], float]) -> bool:
        """Whether the truth is seen when KPIs are measured by `value`."""
        return all(self.low <= figure <= self.high for figure in self.figures(value))


def _others(plant: str) -> tuple[Cut, ...]:
    return tuple(Cut(other) for other in ALL if other != plant)


TRUTHS = (
    Truth(
        kpi="release_lead_time",
        cut=Cut(LYON),
        statement="Lyon releases twice a week: its orders wait at least twice as long as anywhere else",
        low=2.0,
        against=_others(LYON),
    ),
    Truth(
        kpi="release_lead_time",
        cut=Cut(SINGAPORE, "lately"),
        statement=f"Singapore's release lead time fell by three quarters or more {LATELY_WEEKS} weeks ago",
        high=0.25,
        against=(Cut(SINGAPORE, "before"),),
    ),
    *(
        Truth(
            kpi="release_lead_time",
            cut=Cut(plant, "lately"),
            statement=f"{plant} releases as it always did",
            low=0.5,
            high=2.0,
            against=(Cut(plant, "before"),),
        )
        for plant in (MILWAUKEE, LYON, TULSA)
    ),
    Truth(
        kpi="shortage_resolution_time",
        cut=Cut(LYON, scarce=True),
        statement=f"Lyon waits for {SCARCE} at least 1.5 times as long as for other components",
        low=1.5,
        against=(Cut(LYON, scarce=False),),
    ),
    Truth(
        kpi="shortage_share",
        cut=Cut(LYON, scarce=True),
        statement=f"Lyon's orders that need {SCARCE} are short at least three times as often as the others",
        low=3.0,
        against=(Cut(LYON, scarce=False),),
    ),
    Truth(
        kpi="shortage_resolution_time",
        cut=Cut(LYON),
        statement="Shortages last at least 1.5 times as long in Lyon as anywhere else",
        low=1.5,
        against=_others(LYON),
    ),
    Truth(
        kpi="purchase_approval_turnaround",
        cut=Cut(LYON),
        statement="Lyon's manager takes at least four times as long to approve as the managers of the twins",
        low=4.0,
        against=(Cut(MILWAUKEE), Cut(TULSA)),
    ),
    *(
        Truth(
            kpi="weekend_approval_share",
            cut=Cut(plant),
            statement=f"Nobody in {plant} approves on a weekend",
            high=0.02,
        )
        for plant in ALL
    ),
    Truth(
        kpi="approval_age",
        cut=Cut(SINGAPORE),
        statement="Singapore has approvals that are open for more than 30 days",
        low=30 * DAY,
    ),
    *(
        Truth(
            kpi="approval_age",
            cut=Cut(plant),
            statement=f"No approval is open for more than 30 days in {plant}",
            high=30 * DAY,
        )
        for plant in (MILWAUKEE, LYON, TULSA)
    ),
    *(
        Truth(
            kpi=kpi,
            cut=Cut(MILWAUKEE),
            statement=f"Milwaukee and Tulsa follow the same policy: {kpi} must not tell them apart",
            low=1 / 1.4,
            high=1.4,
            against=(Cut(TULSA),),
        )
        for kpi in (
            "release_lead_time",
            "shortage_resolution_time",
            "shortage_share",
            "purchase_approval_turnaround",
            "automated_release_share",
            "hold_rate",
            "quality_hold_duration",
        )
    ),
    *(
        Truth(
            kpi="production_cycle_time",
            cut=Cut(plant, weekdays=FRIDAY, clock=clock),
            statement=f"{plant}: work begun on a Friday {statement}",
            low=low,
            high=high,
            against=(Cut(plant, weekdays=OTHER_DAYS, clock=clock),),
        )
        for plant in ALL
        for clock, statement, low, high in (
            ("elapsed", "lies over the weekend: it takes at least 2.5 times as long", 2.5, math.inf),
            ("working", "takes as much working time as on any other day", 1 / 1.2, 1.2),
        )
    ),
    Truth(
        kpi="hold_rate",
        cut=Cut(SINGAPORE),
        statement="Singapore skips inspection: it holds less than a third of what the other plants hold",
        high=1 / 3,
        against=_others(SINGAPORE),
    ),
    Truth(
        kpi="quality_hold_duration",
        cut=Cut(LYON),
        statement="Lyon holds goods at least 1.5 times as long as any other plant",
        low=1.5,
        against=_others(LYON),
    ),
    Truth(
        kpi="no_touch_share",
        cut=Cut(LYON),
        statement="Lyon automates less: half as many orders as in the twins, or fewer, are processed without a person",
        high=0.5,
        against=(Cut(MILWAUKEE), Cut(TULSA)),
    ),
    Truth(
        kpi="integration_failure_rate",
        cut=Cut(SINGAPORE, "lately"),
        statement=f"Singapore's connection to its machines has been failing for {LATELY_WEEKS} weeks",
        low=0.1,
        high=0.25,
    ),
    *(
        Truth(
            kpi="integration_failure_rate",
            cut=cut,
            statement=f"Hardly any job fails in {cut.plant} ({cut.period})",
            high=0.05,
        )
        for cut in (Cut(SINGAPORE, "before"), Cut(LYON, "lately"), Cut(LYON, "before"))
    ),
    Truth(
        kpi="start_adherence",
        cut=Cut(LYON, "lately"),
        statement="Lyon promises too early: its orders start as planned far less often than anywhere else",
        high=0.7,
        against=tuple(Cut(plant, "lately") for plant in (MILWAUKEE, SINGAPORE, TULSA)),
    ),
    Truth(
        kpi="start_adherence",
        cut=Cut(MILWAUKEE, "lately"),
        statement="Milwaukee and Tulsa follow the same policy: start_adherence must not tell them apart",
        low=1 / 1.4,
        high=1.4,
        against=(Cut(TULSA, "lately"),),
    ),
    Truth(
        kpi="automated_release_share",
        cut=Cut(SINGAPORE, "lately"),
        statement=f"Machines confirm about 80 % of Singapore's orders of the last {LATELY_WEEKS} weeks",
        low=0.70,
        high=0.90,
    ),
    Truth(
        kpi="automated_release_share",
        cut=Cut(SINGAPORE, "before"),
        statement="Machines confirmed about 10 % of Singapore's orders before",
        low=0.05,
        high=0.15,
    ),
    Truth(
        kpi="automated_release_share",
        cut=Cut(LYON),
        statement="Machines confirm hardly any order in Lyon",
        high=0.06,
    ),
    Truth(
        kpi="automated_release_share",
        cut=Cut(MILWAUKEE),
        statement="Machines confirm about a quarter of Milwaukee's orders",
        low=0.18,
        high=0.32,
    ),
)


def planted(kpi: str) -> list[Truth]:
    """The truths about one KPI."""
    return [truth for truth in TRUTHS if truth.kpi == kpi]
