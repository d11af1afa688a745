"""What is planted in the demo plants, and must be seen in the KPIs.

`plants.py` makes each statement true by the policies of the plants. A test of a KPI asks `planted(kpi)` for
the truths about it and calls `holds` with a function that measures the KPI for a `Cut`:

    release_lead_time             p50 of created to confirmed, elapsed, by start
    shortage_resolution_time      p50 of an interval in which a confirmed order is not ready, elapsed, by start
    short_order_share             share of confirmed orders that were ever short of a component
    purchase_approval_turnaround  p50 of approval asked for to last decision, elapsed, by start
    weekend_approval_share        share of approvals decided on a Saturday or Sunday of the plant
    approval_age                  age of the oldest undecided approval, in seconds at the end
    automated_release_share       share of confirmations made by a machine
    production_cycle_time         p50 of work begun to done, by the weekday of the start, on either clock
    hold_rate                     deliveries held in quarantine, by product, per purchase order
    inspected_receipt_share       share of the purchase lines received of which goods were held, by the first receipt
    quality_hold_duration         p50 of into quarantine to out of it, elapsed, by start
    no_touch_share                share of completed orders that machines alone created, changed and reviewed
    integration_failure_rate      share of jobs, e-mails and MES reports that failed at least once, by that or success
    bill_match_exception_share    share of posted bills that do not match order and receipt, by the day of posting
    production_variance           cost of orders that are done beyond their standard, over that standard
    start_adherence               share of orders that start as planned at their release, in the last LATELY_WEEKS weeks
    flow_share                    timed work over start to completion, ratio of sums
    throughput                    orders completed
    work_in_process               orders released and not done, mean over the beginnings of weeks
    replan_churn                  plans moved between release and start, per order
    replan_count                  the same in total
    mps_attainment                share of orders done in the week they were scheduled for when it began
    release_blocker_count         what keeps orders from beginning, mean over the beginnings of weeks
    manual_intervention_count     what people did by hand
    manual_intervention_share     share of completed orders with such a thing, confirming apart
    recording_lag                 p90 of the end of timed work (or of a transfer) to its entry
    reaction_time                 p50 of a delay, shortage or change of quantity to what was done about it
    no_reaction_share             share of those that ended without
    picking_lead_time             p50 of created to done, of deliveries and transfers, elapsed, by start
    picking_handling_time         p50 of ready to done, of deliveries and transfers, elapsed, by start
    backorder_share               share of the transfers done, receipts included, that left a back-order
    interplant_transfer_time      p50 of asked for to booked in by the plant that waits, elapsed, by start
    vendor_confirmation_time      p50 of ordered to confirmed or received, whatever came first, elapsed, by start
    receipt_delay                 p85 of the end of the promised day to all received, of lines, elapsed, by that day
    late_receipt_share            share of purchase lines due that were not all there by the end of the promised day
    delivery_in_full_on_time_share  share of sales lines due that were delivered by the end of the promised day
    shortage_recurrence           share of the times a component is short that come within 14 days of the last time
    substitution_share            share of the components consumed that are not on the bill of materials
    orderpoint_order_time         p50 of forecast below the minimum to something ordered, elapsed, by start
    subcontracted_order_lead_time   p50 of ordered to received, of lines a subcontractor makes, elapsed, by start
    maintenance_response_time     p50 of a failure reported to work begun, elapsed, by start
    time_to_restoration           p50 of a failure reported to mended, elapsed, by start
    maintenance_wait              p50 of a repair blocked, elapsed, by start
    downtime                      working hours of the plant in which machines were down, by start
    nonconformity_age             p50 of reported to closed, elapsed, by start
    corrective_action_age         p50 of an action planned to closed, elapsed, by start
    approval_sla_breach_share     share of approval steps that fell due and were decided late, or are open
    rubber_stamp_share            share of the approvals given within ten seconds of being asked for
    overdue_approval_count        approval steps that are open and past their limit, at the end
    approval_delegation_count     approval steps that are known to have been given to somebody else within their limit
    approval_escalation_count     the same past their limit
    first_pass_yield              pieces neither scrapped nor taken apart over pieces made, by the end of the order
    rework_ratio                  share of orders of which something was taken apart again, or failed and passed later
    scrap_ratio                   pieces scrapped over pieces made
    scrapped_quantity             pieces scrapped
    preventive_compliance         share of services done on the day they are scheduled for, by that day
    completion_adherence          share of orders that end as planned at their release, in the last LATELY_WEEKS weeks
    work_in_process_ratio         orders in process on average over 84 days, over throughput times time in process
    open_approval_count           approval steps that are open, by class of risk
    purchase_approval_step_time   p50 of a step's turn to its decision, elapsed, by start
    purchase_first_decision_time  p50 of approval asked for to the first decision, elapsed, by start
    purchase_auto_approval_share  share of the purchases ordered that nobody was asked to approve
    automated_event_share         share of what happened to orders and purchases that machines did
    integration_attempt_failure_rate  attempts that failed over all, by the first failure or the success
    integration_first_try_failure_rate  share of jobs that did not succeed at once, by the first failure or the success
    integration_latency           p50 of a job accepted to its success, elapsed, by start
    integration_latency_p95       p95 of the same
    integration_queue_time        p95 of a job accepted to its first start, elapsed, by start
    integration_execution_time    p95 of the first start to the success, elapsed, by start
    integration_on_time_share     share of jobs that succeed within the latency of their interface, by when that is over
    integration_recovery_time     p50 of the first failure of a job to its success, elapsed, by start
    integration_odoo_lag          p95 of an order reported by the MES to its next event in Odoo, elapsed, by start
    integration_dead_letter_count  jobs that failed and nobody requeued, at the end
    integration_coverage          share of jobs whose state is known
    integration_correlation_share  share of jobs with an id that other systems can carry
    integration_duplicate_share   share of successes under an id that had succeeded before
    integration_loss_rate         share of jobs that failed for good, or were set to done by hand, by their end
    material_wait                 p85 of confirmed to all components reserved, elapsed, by start
    time_to_ready                 p50 of created to all components reserved, elapsed, by start
    reaction_count                disturbances by what they are, and by what was done about them
    unanswered_check_share        share of lately failed inspections to which nothing was done in three weeks
    double_approval_share         share of purchase orders that were approved more than once
    early_report_share            share of production orders that were reported complete before they began
    unbegun_order_count           production orders that were closed without being begun
    harmonization_move            share of cases with an activity less that of another plant, as told of plants that are
                                  told apart, over the last 26 weeks

Backorders are never released (backorder_sequence above 1), and sub-assemblies are released in the second they
are asked for, with the order that needs them: whether they count changes no verdict.
To be short of a component is "Waiting"; "Waiting Another Operation" is a sub-assembly in the making.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from etl.demo.incidents import n8n
from etl.demo.interfaces import MACHINES_OF_SINGAPORE
from etl.demo.plants import FORGETFUL_WEEKS, LATELY_WEEKS, PHONED, PLANTS, SCARCE
from etl.demo.products import CASTING, PRODUCT, PRODUCTS, PROTOTYPES, SAMPLES, SCARCE_ID
from etl.demo.prototypes import BLOCKED, BY_HAND, LEFT, REACTIONS, RISKS, TIMES, UNBEGUN

MILWAUKEE, LYON, SINGAPORE, TULSA = (plant.code for plant in PLANTS)
ALL = tuple(plant.code for plant in PLANTS)
DAY, HOUR = 86400.0, 3600.0
FRIDAY, OTHER_DAYS = (4,), (0, 1, 2, 3)

# Names of the scarce component and of the products that contain it.
SCARCE_NAME = PRODUCT[SCARCE_ID].name
SCARCE_PRODUCTS = frozenset(
    product.name for product in PRODUCTS if SCARCE_ID in [component for component, _ in product.components]
)


@dataclass(frozen=True)
class Cut:
    """What a figure is measured over.

    period: all, lately (cases that start in the last LATELY_WEEKS weeks) or before (the others); now, for queues whose
    figure is else one of many weeks.
    scarce: orders for SCARCE_PRODUCTS, or shortages of SCARCE (True); of any other (False); of all (None).
    weekdays: cases that start on these days in the plant's own time (0 is Monday); empty: on any.
    clock: elapsed, or working time of the plant.
    where: dimensions of the KPI, and the value that each is to have.
    """

    plant: str
    period: str = "all"
    scarce: bool | None = None
    weekdays: tuple[int, ...] = ()
    clock: str = "elapsed"
    where: tuple[tuple[str, str], ...] = ()


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


def _others(plant: str, period: str = "all", where: tuple[tuple[str, str], ...] = ()) -> tuple[Cut, ...]:
    return tuple(Cut(other, period, where=where) for other in ALL if other != plant)


def _exactly(kpi: str, plant: str, number: int, statement: str, period: str = "all", **where: str) -> Truth:
    """So many of something in a plant, and no other."""
    cut = Cut(plant, period, where=tuple(where.items()))
    return Truth(kpi=kpi, cut=cut, statement=f"{plant}: {number} {statement}", low=number, high=number)


_BY_HAND = sorted({kind for kind, _ in BY_HAND})
_LEFT_IN = next(plant.code for plant in PLANTS if plant.name == LEFT[0])


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
        kpi="short_order_share",
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
            "short_order_share",
            "purchase_approval_turnaround",
            "automated_release_share",
            "hold_rate",
            "quality_hold_duration",
            "picking_lead_time",
            "picking_handling_time",
            "backorder_share",
            "interplant_transfer_time",
            "vendor_confirmation_time",
            "receipt_delay",
            "late_receipt_share",
            "delivery_in_full_on_time_share",
            "substitution_share",
            "shortage_recurrence",
            "orderpoint_order_time",
            "maintenance_response_time",
            "time_to_restoration",
            "nonconformity_age",
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
        kpi="inspected_receipt_share",
        cut=Cut(SINGAPORE),
        statement="Singapore skips inspection: it inspects less than half of the share that the others do",
        high=0.5,
        against=_others(SINGAPORE),
    ),
    Truth(
        kpi="inspected_receipt_share",
        cut=Cut(MILWAUKEE),
        statement="Milwaukee and Tulsa inspect alike",
        low=1 / 1.3,
        high=1.3,
        against=(Cut(TULSA),),
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
        kpi="bill_match_exception_share",
        cut=Cut(LYON),
        statement="A third of the bills of Lyon's vendors do not match: at least twice as many as anywhere else",
        low=2.0,
        against=_others(LYON),
    ),
    Truth(
        kpi="bill_match_exception_share",
        cut=Cut(MILWAUKEE),
        statement="Milwaukee and Tulsa follow the same policy: bill_match_exception_share must not tell them apart",
        low=1 / 1.6,
        high=1.6,
        against=(Cut(TULSA),),
    ),
    Truth(
        kpi="production_variance",
        cut=Cut(SINGAPORE),
        statement="Singapore's orders cost about five percent more than their standard",
        low=0.035,
        high=0.07,
    ),
    *(
        Truth(
            kpi="production_variance",
            cut=Cut(plant),
            statement=f"{plant}: orders cost what they should, and Milwaukee and Tulsa cannot be told apart",
            low=-0.015,
            high=0.015,
        )
        for plant in (MILWAUKEE, LYON, TULSA)
    ),
    Truth(
        kpi="flow_share",
        cut=Cut(LYON),
        statement="Lyon's orders lie longer than they are worked on: their flow share is less than 0.6 of any other's",
        high=0.6,
        against=_others(LYON),
    ),
    Truth(
        kpi="flow_share",
        cut=Cut(MILWAUKEE),
        statement="Milwaukee and Tulsa follow the same policy: flow_share must not tell them apart",
        low=1 / 1.2,
        high=1.2,
        against=(Cut(TULSA),),
    ),
    *(
        Truth(
            kpi=kpi,
            cut=Cut(MILWAUKEE),
            statement=f"Milwaukee gets a third more orders than Tulsa: so much more is its {kpi}",
            low=1.1,
            high=1.7,
            against=(Cut(TULSA),),
        )
        for kpi in ("throughput", "work_in_process")
    ),
    Truth(
        kpi="replan_churn",
        cut=Cut(LYON, "lately"),
        statement="Lyon promises too early: it moves its plans more often than any other plant",
        low=1.2,
        against=tuple(Cut(plant, "lately") for plant in (MILWAUKEE, SINGAPORE, TULSA)),
    ),
    Truth(
        kpi="replan_count",
        cut=Cut(LYON),
        statement="Lyon has fewer orders than Tulsa, and still moves more plans",
        low=1.1,
        against=(Cut(TULSA),),
    ),
    Truth(
        kpi="mps_attainment",
        cut=Cut(LYON, "lately"),
        statement="Lyon misses the week an order is scheduled for more often than any other plant",
        high=0.97,
        against=tuple(Cut(plant, "lately") for plant in (MILWAUKEE, SINGAPORE, TULSA)),
    ),
    Truth(
        kpi="release_blocker_count",
        cut=Cut(LYON),
        statement="Lyon waits for material: at least 1.4 times as much is blocked as in any other plant",
        low=1.4,
        against=_others(LYON),
    ),
    Truth(
        kpi="manual_intervention_count",
        cut=Cut(SINGAPORE, "lately"),
        statement="Machines confirm most of Singapore's orders lately: people do far less than in Milwaukee",
        high=0.7,
        against=(Cut(MILWAUKEE, "lately"),),
    ),
    Truth(
        kpi="manual_intervention_share",
        cut=Cut(LYON),
        statement="Lyon enters half of its work afterwards: it intervenes in more orders than any other plant",
        low=1.4,
        against=_others(LYON),
    ),
    Truth(
        kpi="recording_lag",
        cut=Cut(LYON),
        statement="One entry of ten is made more than two days late in Lyon",
        low=2 * DAY,
    ),
    *(
        Truth(kpi="recording_lag", cut=Cut(plant), statement=f"{plant} records work as it is done", high=3600.0)
        for plant in (MILWAUKEE, SINGAPORE, TULSA)
    ),
    Truth(
        kpi="reaction_time",
        cut=Cut(LYON),
        statement="Lyon's orders are late in the evening, and planned anew in the morning: it reacts at half the pace",
        low=2.0,
        against=_others(LYON),
    ),
    *(
        Truth(
            kpi=kpi,
            cut=Cut(MILWAUKEE),
            statement=f"Milwaukee and Tulsa follow the same policy: {kpi} must not tell them apart",
            low=1 / 1.25,
            high=1.25,
            against=(Cut(TULSA),),
        )
        for kpi in ("manual_intervention_share", "no_reaction_share")
    ),
    Truth(
        kpi="picking_lead_time",
        cut=Cut(LYON),
        statement="Lyon's warehouse is slow: what it delivers takes at least 1.4 times as long as anywhere else",
        low=1.4,
        against=_others(LYON),
    ),
    Truth(
        kpi="picking_handling_time",
        cut=Cut(LYON),
        statement="In Lyon goods lie ready at least twice as long as anywhere else",
        low=2.0,
        against=_others(LYON),
    ),
    Truth(
        kpi="backorder_share",
        cut=Cut(SINGAPORE),
        statement="Singapore delivers in parts: back-orders are at least 1.5 times as frequent as anywhere else",
        low=1.5,
        against=_others(SINGAPORE),
    ),
    *(
        Truth(
            kpi="interplant_transfer_time",
            cut=Cut(plant),
            statement=f"{plant} waits four to nine days for what the other American plant sends",
            low=4 * DAY,
            high=9 * DAY,
        )
        for plant in (MILWAUKEE, TULSA)
    ),
    Truth(
        kpi="subcontracted_order_lead_time",
        cut=Cut(MILWAUKEE),
        statement="Milwaukee and Tulsa follow the same policy: subcontractors must not tell them apart",
        low=1 / 1.6,
        high=1.6,
        against=(Cut(TULSA),),
    ),
    Truth(
        kpi="substitution_share",
        cut=Cut(SINGAPORE),
        statement="Singapore replaces components at least 2.5 times as often as anywhere else",
        low=2.5,
        against=_others(SINGAPORE),
    ),
    Truth(
        kpi="orderpoint_order_time",
        cut=Cut(LYON),
        statement="In Lyon it takes at least twice as long as anywhere else until more crates are ordered",
        low=2.0,
        against=_others(LYON),
    ),
    Truth(
        kpi="shortage_recurrence",
        cut=Cut(LYON, scarce=True),
        statement=f"In Lyon {SCARCE} runs short again within two weeks at least 1.5 times as often as other components",
        low=1.5,
        against=(Cut(LYON, scarce=False),),
    ),
    Truth(
        kpi="vendor_confirmation_time",
        cut=Cut(SINGAPORE),
        statement="Singapore's vendors take at least 2.5 times as long to confirm as those of the others",
        low=2.5,
        against=_others(SINGAPORE),
    ),
    *(
        Truth(
            kpi=kpi,
            cut=Cut(LYON),
            statement=f"Lyon approves late what is promised from the day it is asked for ({kpi})",
            low=1.2,
            against=(Cut(MILWAUKEE), Cut(TULSA)),
        )
        for kpi in ("receipt_delay", "late_receipt_share")
    ),
    Truth(
        kpi="delivery_in_full_on_time_share",
        cut=Cut(LYON),
        statement="Lyon promises what its warehouse cannot keep: far fewer deliveries are in full and on time",
        high=0.88,
        against=_others(LYON),
    ),
    *(
        Truth(
            kpi="subcontracted_order_lead_time",
            cut=Cut(plant),
            statement=f"The subcontractor of {plant} takes at least 1.5 times as long as those of the twins",
            low=1.5,
            against=(Cut(MILWAUKEE), Cut(TULSA)),
        )
        for plant in (LYON, SINGAPORE)
    ),
    Truth(
        kpi="maintenance_response_time",
        cut=Cut(LYON),
        statement="Lyon's mechanics come late: a failure waits at least twice as long as in the other plants",
        low=2.0,
        against=_others(LYON),
    ),
    Truth(
        kpi="time_to_restoration",
        cut=Cut(LYON),
        statement="Lyon's mechanics come late: it takes at least 1.25 times as long as in the twins to mend a machine",
        low=1.25,
        against=(Cut(MILWAUKEE), Cut(TULSA)),
    ),
    Truth(
        kpi="maintenance_wait",
        cut=Cut(SINGAPORE),
        statement="Singapore's parts come from afar: repairs are blocked at least 1.8 times as long as anywhere else",
        low=1.8,
        against=_others(SINGAPORE),
    ),
    Truth(
        kpi="downtime",
        cut=Cut(SINGAPORE),
        statement="Singapore's machines are down at least 1.5 times as long as those of any other plant",
        low=1.5,
        against=_others(SINGAPORE),
    ),
    Truth(
        kpi="preventive_compliance",
        cut=Cut(SINGAPORE),
        statement="Singapore does about half of its services on their day",
        low=0.38,
        high=0.66,
    ),
    *(
        Truth(
            kpi="preventive_compliance",
            cut=Cut(plant),
            statement=f"{plant} does more than four of five services on their day",
            low=0.8,
        )
        for plant in (MILWAUKEE, LYON, TULSA)
    ),
    *(
        Truth(
            kpi=kpi,
            cut=Cut(LYON),
            statement=f"Lyon does late what it agrees on for quality: {kpi} is at least 1.7 times as high",
            low=1.7,
            against=_others(LYON),
        )
        for kpi in ("nonconformity_age", "corrective_action_age")
    ),
    Truth(
        kpi="approval_sla_breach_share",
        cut=Cut(LYON),
        statement="Lyon's manager decides late at least three times as often as the managers of the twins",
        low=3.0,
        against=(Cut(MILWAUKEE), Cut(TULSA)),
    ),
    Truth(
        kpi="overdue_approval_count",
        cut=Cut(SINGAPORE),
        statement="Singapore forgets approvals: at least seven steps are overdue",
        low=7,
    ),
    *(
        Truth(kpi="overdue_approval_count", cut=Cut(plant), statement=f"Nobody in {plant} forgets one", high=3)
        for plant in (MILWAUKEE, TULSA)
    ),
    Truth(
        kpi="approval_delegation_count",
        cut=Cut(LYON),
        statement="Lyon's manager gives approvals to somebody else",
        low=15,
    ),
    Truth(
        kpi="approval_escalation_count",
        cut=Cut(LYON),
        statement="Lyon's manager gives approvals to somebody else when they are late, too",
        low=8,
    ),
    Truth(
        kpi="rubber_stamp_share",
        cut=Cut(SINGAPORE),
        statement="Singapore's second tier is a rubber stamp: about four of ten approvals come within seconds",
        low=0.3,
        high=0.5,
    ),
    *(
        Truth(kpi="rubber_stamp_share", cut=Cut(plant), statement=f"Nobody in {plant} approves in seconds", high=0.02)
        for plant in (MILWAUKEE, LYON, TULSA)
    ),
    Truth(
        kpi="scrap_ratio",
        cut=Cut(SINGAPORE),
        statement="Singapore scraps at least twice as much of what it makes as any other plant",
        low=2.0,
        against=_others(SINGAPORE),
    ),
    Truth(
        kpi="scrapped_quantity",
        cut=Cut(SINGAPORE),
        statement="Singapore scraps at least twice as many pieces as any other plant",
        low=2.0,
        against=_others(SINGAPORE),
    ),
    Truth(
        kpi="first_pass_yield",
        cut=Cut(SINGAPORE),
        statement="In Singapore fewer pieces are right the first time",
        low=0.92,
        high=0.975,
    ),
    Truth(
        kpi="first_pass_yield",
        cut=Cut(MILWAUKEE),
        statement="Milwaukee and Tulsa follow the same policy: first_pass_yield must not tell them apart",
        low=0.99,
        high=1.01,
        against=(Cut(TULSA),),
    ),
    Truth(
        kpi="rework_ratio",
        cut=Cut(LYON),
        statement="Lyon takes products apart again at least twice as often as any other plant",
        low=2.0,
        against=_others(LYON),
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
    # Prototypes: exactly what was planted.
    *(
        _exactly(
            "manual_intervention_count",
            plant.code,
            TIMES[plant.name] * sum(kind == name for name, _ in BY_HAND),
            f"times {kind}, of prototypes",
            product_family=PROTOTYPES,
            kind=kind,
        )
        for plant in PLANTS
        for kind in _BY_HAND
    ),
    *(
        _exactly(
            "release_blocker_count",
            plant.code,
            number,
            f"prototypes are blocked by {blocker}",
            "now",
            product_family=PROTOTYPES,
            blocker=blocker,
        )
        for plant in PLANTS
        for blocker, number in BLOCKED.items()
    ),
    *(
        _exactly(
            "open_approval_count",
            plant.code,
            RISKS.get(risk, 0),
            f"approvals of {risk} risk are open for castings",
            product=f"[{CASTING.code}] {CASTING.name}",
            risk_class=risk,
        )
        for plant in PLANTS
        for risk in ("low", "medium", "high")
    ),
    *(
        _exactly(
            "reaction_count",
            plant.code,
            TIMES[plant.name],
            f"times {trigger} was answered by {reaction}, of prototypes",
            product_family=PROTOTYPES,
            trigger=trigger,
            reaction=reaction,
        )
        for plant in PLANTS
        for trigger, reaction in REACTIONS
    ),
    # Release blockers and approvals.
    Truth(
        kpi="release_blocker_count",
        cut=Cut(LYON, where=(("blocker", "material"),)),
        statement="Lyon waits for material: at least 1.4 times as much is blocked by it as in any other plant",
        low=1.4,
        against=_others(LYON, where=(("blocker", "material"),)),
    ),
    *(
        Truth(
            kpi=kpi,
            cut=Cut(LYON),
            statement=f"Lyon's manager takes at least four times as long as the managers of the twins: {kpi}",
            low=4.0,
            against=(Cut(MILWAUKEE), Cut(TULSA)),
        )
        for kpi in ("purchase_approval_step_time", "purchase_first_decision_time")
    ),
    *(
        Truth(
            kpi="purchase_approval_step_time",
            cut=Cut(LYON, where=(("risk_class", risk),)),
            statement=f"Lyon's manager takes at least three times as long also where the risk is {risk}",
            low=3.0,
            against=tuple(Cut(plant, where=(("risk_class", risk),)) for plant in (MILWAUKEE, TULSA)),
        )
        for risk in ("medium", "high")
    ),
    *(
        Truth(
            kpi="purchase_auto_approval_share",
            cut=Cut(plant),
            statement=f"Nobody is asked about one to three of five purchases in {plant}: they are below the limit",
            low=0.2,
            high=0.6,
        )
        for plant in ALL
    ),
    # Automation and integration.
    Truth(
        kpi="automated_event_share",
        cut=Cut(LYON),
        statement="Lyon automates less: machines do a smaller share of what happens than in any other plant",
        high=0.93,
        against=_others(LYON),
    ),
    Truth(
        kpi="automated_event_share",
        cut=Cut(SINGAPORE, "lately"),
        statement=f"In Singapore machines do more since {LATELY_WEEKS} weeks",
        low=1.1,
        against=(Cut(SINGAPORE, "before"),),
    ),
    *(
        Truth(
            kpi=kpi,
            cut=Cut(SINGAPORE, "lately"),
            statement=f"Singapore's connection to its machines has been failing for {LATELY_WEEKS} weeks: {kpi}",
            low=low,
            high=high,
        )
        for kpi, low, high in (("integration_attempt_failure_rate", 0.08, 0.22), ("integration_loss_rate", 0.02, 0.13))
    ),
    *(
        Truth(kpi=kpi, cut=cut, statement=f"Hardly any job fails in {cut.plant} ({cut.period}): {kpi}", high=0.05)
        for kpi in ("integration_attempt_failure_rate", "integration_loss_rate")
        for cut in (Cut(SINGAPORE, "before"), Cut(LYON, "lately"), Cut(LYON, "before"))
    ),
    *(
        Truth(
            kpi=kpi, cut=Cut(LYON), statement=f"Lyon's jobs are done within a minute or two: {kpi}", low=low, high=high
        )
        for kpi, low, high in (
            ("integration_latency", 40, 90),
            ("integration_latency_p95", 60, 600),
            ("integration_queue_time", 25, 60),
            ("integration_execution_time", 40, 300),
        )
    ),
    *(
        Truth(
            kpi=kpi,
            cut=Cut(SINGAPORE, "lately"),
            statement=f"Singapore's connection to its machines keeps failing, and mending takes hours: {kpi}",
            low=low,
            high=high,
        )
        for kpi, low, high in (
            ("integration_first_try_failure_rate", 0.1, 0.25),
            ("integration_latency_p95", 2 * HOUR, math.inf),
            ("integration_execution_time", 2 * HOUR, math.inf),
            ("integration_on_time_share", 0.7, 0.92),
            ("integration_recovery_time", 3 * HOUR, 3 * DAY),
        )
    ),
    Truth(
        kpi="integration_on_time_share",
        cut=Cut(LYON, "lately"),
        statement="Lyon's jobs keep their quarter of an hour",
        low=0.95,
    ),
    Truth(
        kpi="integration_odoo_lag",
        cut=Cut(MILWAUKEE, where=(("source", "inbox"),)),
        statement="One in 16 orders that Milwaukee's MES reports shows in Odoo minutes later, or after an hour",
        low=300,
        high=HOUR,
    ),
    Truth(
        kpi="integration_dead_letter_count",
        cut=Cut(SINGAPORE, "now", where=(("interface", MACHINES_OF_SINGAPORE),)),
        statement="Of what failed lately between Singapore and its machines some was never seen to",
        low=4,
    ),
    *(
        Truth(
            kpi=kpi,
            cut=Cut(plant, where=(("source", "queue_job"),)),
            statement=f"Every job of {plant} tells its state and carries its id: {kpi}",
            low=1.0,
        )
        for kpi in ("integration_coverage", "integration_correlation_share")
        for plant in (LYON, SINGAPORE)
    ),
    *(
        Truth(kpi="integration_duplicate_share", cut=Cut(plant), statement=f"{plant} runs no job twice", high=0.0)
        for plant in (LYON, SINGAPORE)
    ),
    Truth(
        kpi="integration_failure_rate",
        cut=Cut(TULSA, where=(("source", "mail"),)),
        statement="Tulsa's mail server refuses about three of ten orders to vendors",
        low=0.15,
        high=0.45,
    ),
    *(
        Truth(
            kpi="integration_failure_rate",
            cut=Cut(TULSA, period, where=(("flow_name", n8n.DISPATCH),)),
            statement=f"Tulsa's dispatch notes have failed for {n8n.FAILING_DAYS} days, and hardly before ({period})",
            low=low,
            high=high,
        )
        for period, low, high in (("lately", 0.06, 0.2), ("before", 0.0, 0.06))
    ),
    Truth(
        kpi="integration_dead_letter_count",
        cut=Cut(TULSA, "now", where=(("flow_name", n8n.DISPATCH),)),
        statement="Nobody has seen to a dispatch note that failed",
        low=3 * 4,
        high=5 * 4,
    ),
    *(
        Truth(
            kpi="integration_failure_rate",
            cut=Cut(plant, where=(("source", "mail"),)),
            statement=f"Hardly any e-mail fails in {plant}",
            high=0.08,
        )
        for plant in (MILWAUKEE, LYON, SINGAPORE)
    ),
    *(
        Truth(
            kpi=kpi,
            cut=Cut(MILWAUKEE, where=(("source", "inbox"),)),
            statement=f"Of what Milwaukee's MES reports about one in 16 fails at first: {kpi}",
            low=low,
            high=high,
        )
        for kpi, low, high in (
            ("integration_failure_rate", 0.03, 0.1),
            ("integration_attempt_failure_rate", 0.03, 0.1),
            ("integration_loss_rate", 0.005, 0.04),
        )
    ),
    # Production, and what it waits for.
    Truth(
        kpi="completion_adherence",
        cut=Cut(LYON, "lately"),
        statement="Lyon promises too early: its orders end as planned far less often than anywhere else",
        high=0.8,
        against=_others(LYON, "lately"),
    ),
    Truth(
        kpi="completion_adherence",
        cut=Cut(MILWAUKEE, "lately"),
        statement="Milwaukee and Tulsa follow the same policy: completion_adherence must not tell them apart",
        low=1 / 1.4,
        high=1.4,
        against=(Cut(TULSA, "lately"),),
    ),
    Truth(
        kpi="work_in_process_ratio",
        cut=Cut(_LEFT_IN),
        statement=f"{_LEFT_IN} began {LEFT[1]} orders that it never closed: more is there than by Little's law",
        low=1.5,
    ),
    *(
        Truth(
            kpi="work_in_process_ratio",
            cut=Cut(plant),
            statement=f"{plant} has in process what its throughput and its time in process imply",
            low=0.8,
            high=1.3,
        )
        for plant in ALL
        if plant != _LEFT_IN
    ),
    *(
        Truth(
            kpi=kpi,
            cut=Cut(LYON),
            statement=f"Lyon releases late and lacks a component: {kpi} is at least {low} times as long as elsewhere",
            low=low,
            against=_others(LYON),
        )
        for kpi, low in (("material_wait", 1.3), ("time_to_ready", 1.8))
    ),
    Truth(
        kpi="orderpoint_order_time",
        cut=Cut(LYON, where=(("product_family", SAMPLES),)),
        statement="In Lyon it takes at least twice as long as anywhere else until samples are made or bought",
        low=2.0,
        against=_others(LYON, where=(("product_family", SAMPLES),)),
    ),
    # Inspections, and what is done about those that fail; what is done about changed quantities.
    Truth(
        kpi="quality_hold_duration",
        cut=Cut(LYON, where=(("source", "inspection"),)),
        statement="Lyon inspects at least 1.5 times as long as any other plant",
        low=1.5,
        against=_others(LYON, where=(("source", "inspection"),)),
    ),
    *(
        Truth(
            kpi="reaction_count",
            cut=Cut(plant, where=(("trigger", "failed check"), ("reaction", reaction))),
            statement=f"{plant} answers failed checks by {reaction}, at least now and then",
            low=4,
        )
        for plant in ALL
        for reaction in ("rework", "containment")
    ),
    Truth(
        kpi="unanswered_check_share",
        cut=Cut(SINGAPORE),
        statement=f"Of many checks that failed in Singapore in the last {FORGETFUL_WEEKS} weeks nothing came",
        low=0.08,
    ),
    *(
        Truth(kpi="unanswered_check_share", cut=Cut(plant), statement=f"{plant} sees to all that fails", high=0.0)
        for plant in (MILWAUKEE, LYON, TULSA)
    ),
    *(
        Truth(
            kpi="no_reaction_share",
            cut=Cut(plant, "lately", where=(("trigger", "demand change"),)),
            statement=f"In {plant} most orders whose quantity changed are planned anew, as the audit log has it",
            low=0.05,
            high=0.6,
        )
        for plant in ALL
    ),
    Truth(
        kpi="double_approval_share",
        cut=Cut(SINGAPORE),
        statement="Singapore approves twice what the others approve once: every second of its purchases",
        low=0.4,
        high=0.65,
    ),
    Truth(
        kpi="early_report_share",
        cut=Cut(LYON),
        statement="Lyon reports one order of seven complete before work on it begins",
        low=0.1,
        high=0.18,
    ),
    *(
        _exactly(
            "unbegun_order_count",
            plant.code,
            UNBEGUN[1] if plant.name == UNBEGUN[0] else 0,
            "prototypes were closed without being begun",
            product_family=PROTOTYPES,
        )
        for plant in PLANTS
    ),
    *(
        Truth(kpi=kpi, cut=Cut(plant), statement=f"{plant} hardly ever does so ({kpi})", high=0.004)
        for kpi, plants in (
            ("double_approval_share", (MILWAUKEE, LYON, TULSA)),
            ("early_report_share", (MILWAUKEE, SINGAPORE, TULSA)),
        )
        for plant in plants
    ),
    # How alike plants work.
    *(
        Truth(
            kpi="harmonization_move",
            cut=Cut(LYON, where=(("workflow", "purchase"), ("other", twin), ("activity", "request sent"))),
            statement=f"Lyon skips sending the request on a quarter of its purchases, beside {twin}",
            low=-PHONED - 0.15,
            high=-PHONED + 0.15,
        )
        for twin in (MILWAUKEE, TULSA)
    ),
)


def planted(kpi: str) -> list[Truth]:
    """The truths about one KPI."""
    return [truth for truth in TRUTHS if truth.kpi == kpi]
