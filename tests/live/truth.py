"""What every played record must look like in each KPI, derived from its scripted times alone."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tests.live.player import text

PRODUCTION_KPIS = [
    "release_lead_time",
    "material_wait",
    "time_to_ready",
    "shortage_resolution_time",
    "production_cycle_time",
    "work_in_process",
    "throughput",
]
PURCHASE_KPIS = [
    "purchase_approval_turnaround",
    "purchase_first_decision_time",
    "purchase_approval_step_time",
    "approval_age",
    "open_approval_count",
    "overdue_approval_count",
    "approval_sla_breach_share",
]
INTEGRATION_KPIS = [
    "integration_failure_rate",
    "integration_attempt_failure_rate",
    "integration_first_try_failure_rate",
    "integration_loss_rate",
    "integration_latency",
    "integration_latency_p95",
    "integration_queue_time",
    "integration_execution_time",
    "integration_recovery_time",
    "integration_dead_letter_count",
    "integration_stuck_count",
    "integration_on_time_share",
    "integration_duplicate_share",
]
SHARED = ("ir.cron", "base.automation")  # models one record of which has many runs
MAINTENANCE_KPIS = ["maintenance_response_time", "time_to_restoration", "maintenance_wait", "preventive_compliance"]
APPROVAL_LIMIT = timedelta(days=3)  # of the exception waiting_approval, and of the KPIs of approvals past it
STEP_KPIS = ["approval_age", "open_approval_count"]


# When plants work: Odoo's standard hours from Monday to Friday, less the closures that the scene makes.
HOURS = ((8, 12), (13, 17))
ZONES = {"Plant Pulse Nord": "Europe/Paris"}
ZONE = "America/New_York"


def closures(company, day):
    """What closes a company on a local day of the scene: (name, from hour, to hour). The 6th and 20th are holidays of
    the first company; on the 12th all of the second has its afternoon off."""
    if company in ZONES:
        return [("Afternoon off", 12, 24)] if day.day == 12 else []
    return [("Holiday", 0, 24)] if day.day in (6, 20) else []


def local(company, day, hour):
    """The moment (UTC) of an hour of a local day."""
    moment = datetime.combine(day, time()) + timedelta(hours=hour)
    return moment.replace(tzinfo=ZoneInfo(ZONES.get(company, ZONE))).astimezone(UTC).replace(tzinfo=None)


def clocks_changed(company, before):
    """The last day, some days before a moment, on which the company's clocks went forward or back."""
    zone = ZoneInfo(ZONES.get(company, ZONE))
    day = before.date() - timedelta(days=4)
    while datetime.combine(day, time(), zone).utcoffset() == datetime.combine(day, time(23), zone).utcoffset():
        day -= timedelta(days=1)
    return day


def working_seconds(company, started, ended):
    """Seconds from one moment (UTC) to another in which the company's plants work."""
    day, total = started.date() - timedelta(days=1), 0.0
    while day <= ended.date() + timedelta(days=1):
        for opens, closes in HOURS if day.weekday() < 5 else ():
            closed = [hour for _, first, last in closures(company, day) for hour in range(first, last)]
            for hour in range(opens, closes):
                if hour not in closed:
                    first, last = local(company, day, hour), local(company, day, hour + 1)
                    total += max(0.0, (min(last, ended) - max(first, started)).total_seconds())
        day += timedelta(days=1)
    return total


@dataclass
class Production:
    """One played manufacturing order: the scripted time of everything that happened to it."""

    id: int
    plant: str
    company: str
    responsible: str
    product: str
    note: str
    created: datetime
    released: datetime | None = None
    ready: datetime | None = None  # first reservation_state assigned
    started: datetime | None = None
    split: datetime | None = None  # a backorder: split off, and thereby released, at this time
    done: datetime | None = None
    cancelled: datetime | None = None
    shortages: list = field(default_factory=list)  # (from, to or None); a cancelled one is left out
    tolerance: int = 0

    def row(self, kpi, started, ended, **more):
        """One expected KPI row."""
        row = {
            "kpi": kpi,
            "record_model": "mrp.production",
            "record_id": self.id,
            "plant": self.plant,
            "company": self.company,
            "started_at": text(started),
            "ended_at": text(ended),
            "responsible": self.responsible,
            "product": self.product,
            "vendor": None,
            "note": self.note,
            **more,
        }
        if self.split:
            row["backorder"] = True
        return {**row, "tolerance_seconds": self.tolerance} if self.tolerance else row

    def rows(self):
        """All expected rows, and a line for each KPI the order must not appear in."""
        rows = [*self.release(), *self.waits(), *self.short(), *self.cycle(), *self.in_process(), *self.stuck()]
        return rows + absences(PRODUCTION_KPIS, rows, "mrp.production", self.id, self.note)

    def release(self):
        """Nobody releases a backorder, and an order cancelled in draft never was."""
        if self.split:
            return
        if self.released or not self.cancelled:
            yield self.row("release_lead_time", self.created, self.released)

    def waits(self):
        """material_wait from release and time_to_ready from creation end together."""
        ends = [moment for moment in (self.ready, self.started, self.done) if moment]
        end = min(ends, default=None)
        if self.cancelled and not end:
            return
        if self.released:
            yield self.row("material_wait", self.released, end)
        yield self.row("time_to_ready", self.created, end)

    def short(self):
        for number, (began, ended) in enumerate(self.shortages, start=1):
            yield self.row("shortage_resolution_time", began, ended, interval=number)

    def in_process(self):
        """From release to the end; what is done counts once."""
        if self.released:
            yield self.row("work_in_process", self.released, self.done or self.cancelled)
        if self.done:
            yield self.row("throughput", None, None, expect={"at": text(self.done), "amount": 1})

    def stuck(self):
        """Whether somebody must see to it: a draft, or an order that is short."""
        is_draft = not (self.released or self.cancelled or self.split)
        is_short = bool(self.shortages) and self.shortages[-1][1] is None
        for rule, since in (
            ("stalled_draft_order", self.created if is_draft else None),
            ("short_order", self.shortages[-1][0] if is_short else None),
        ):
            yield exception(rule, "mrp.production", self.id, self.plant, since, self.note)

    def cycle(self):
        """Without a tracked start there is none: the stored date is only the plan."""
        if self.started and not self.cancelled:
            yield self.row("production_cycle_time", self.started, self.done)


@dataclass
class Purchase:
    """One played purchase order: its approval rounds and approval steps."""

    id: int
    plant: str
    company: str
    responsible: str
    vendor: str
    note: str
    rounds: list = field(default_factory=list)  # (asked, decided or None); cancelled rounds are left out
    steps: list = field(default_factory=list)  # dicts: step, entered, left, decided_by, review_id
    waiting: list = field(default_factory=list)  # sequence numbers of tiers whose turn never came
    touch: tuple | None = None  # (ordered at, without a person, confidence)
    ordered: tuple | None = None  # (ordered at, by a machine)

    def row(self, kpi, started, ended, **more):
        """One expected KPI row."""
        return {
            "kpi": kpi,
            "record_model": "purchase.order",
            "record_id": self.id,
            "plant": self.plant,
            "company": self.company,
            "started_at": text(started),
            "ended_at": text(ended),
            "responsible": self.responsible,
            "product": None,
            "vendor": self.vendor,
            "note": self.note,
            **more,
        }

    def rows(self):
        """All expected rows, and a line for each KPI or approval step that must not appear."""
        rows = [
            self.row("purchase_approval_turnaround", asked, decided, round=number)
            for number, (asked, decided) in enumerate(self.rounds, start=1)
        ]
        rows += [
            self.row("purchase_first_decision_time", asked, self.first_decision(asked, decided), round=number)
            for number, (asked, decided) in enumerate(self.rounds, start=1)
        ]
        rows += [
            self.row("purchase_approval_step_time", step["entered"], step["left"])
            for step in self.steps
            if step["left"] is None or is_decided(step)
        ]
        for kpi in STEP_KPIS:
            for step in self.steps:
                more = {key: value for key, value in step.items() if key not in ("entered", "left")}
                rows.append(self.row(kpi, step["entered"], step["left"], **more))
        rows += self.past_the_limit()
        missing = absences(PURCHASE_KPIS, rows, "purchase.order", self.id, self.note)
        for kpi in STEP_KPIS:
            for sequence in self.waiting:
                note = f"{self.note}; tier {sequence} never had its turn"
                missing.append(absent(kpi, "purchase.order", self.id, note) | {"step": sequence})
        entered = [step["entered"] for step in self.steps if step["left"] is None]
        rows.append(
            exception("waiting_approval", "purchase.order", self.id, self.plant, min(entered, default=None), self.note)
        )
        if self.touch:
            at, alone, confidence = self.touch
            facts = {"at": text(at), "is_good": alone, "confidence": confidence}
            rows.append(self.row("no_touch_share", at, None, **facts))
        if self.ordered:
            rows.append(exception("stalled_draft_purchase", "purchase.order", self.id, self.plant, None, self.note))
            at, by_machine = self.ordered
            facts = {"at": text(at), "is_good": not self.rounds}
            rows.append(self.row("purchase_auto_approval_share", None, None, expect=facts))
            facts = {"at": text(at), "activity": "approved" if self.rounds else "ordered", "is_good": by_machine}
            rows.append(self.row("automated_event_share", None, None, expect=facts))
        return rows + missing

    def past_the_limit(self):
        """Every played step is older than the limit; those that were decided or are open fell due."""
        for step in self.steps:
            due, left = step["entered"] + APPROVAL_LIMIT, step["left"]
            if left is None or left > due:
                yield self.row("overdue_approval_count", due, left)
            if left is None or is_decided(step):
                yield self.row("approval_sla_breach_share", None, None) | {
                    "expect": {"due_at": text(due), "is_bad": left is None or left > due}
                }

    def first_decision(self, asked, decided):
        """When the first step of a round was decided."""
        made = [step["left"] for step in self.steps if is_decided(step) and step["left"] >= asked]
        return min((at for at in made if decided is None or at <= decided), default=None)


def is_decided(step):
    """Whether somebody decided it: it did not just end."""
    return step["left"] is not None and step.get("decided_by", "somebody") is not None


@dataclass
class Hold:
    """Goods that were held: since when, and of each portion when it ended, how, and how much it was."""

    model: str
    id: int
    plant: str | None
    company: str
    note: str
    held: datetime | None = None
    ends: list = field(default_factory=list)  # (ended or None, outcome, quantity); empty: no hold

    def rows(self):
        """The expected row of each portion."""
        if not self.ends:
            return [absent("quality_hold_duration", self.model, self.id, self.note)]
        return [
            {
                "kpi": "quality_hold_duration",
                "record_model": self.model,
                "record_id": self.id,
                "plant": self.plant,
                "company": self.company,
                "started_at": text(self.held),
                "ended_at": text(ended),
                "outcome": outcome,
                "quantity": quantity,
                "note": self.note,
            }
            for ended, outcome, quantity in self.ends
        ]


@dataclass
class Transaction:
    """A background job, a run of a scheduled action, a call of a webhook, an e-mail or a run that another system
    reported: when it was asked for, began, first failed and ended, as far as its source tells; without an outcome
    or while it waits for its turn without some of them."""

    id: int
    plant: str | None
    company: str | None
    note: str
    status: str
    created: datetime
    due: datetime | None = None  # it was put off until then
    begun: datetime | None = None
    failed_at: datetime | None = None  # its first failure; of one whose first failure left no trace, its last start
    ended: datetime | None = None
    failed: int = 0  # how many tries failed
    model: str = "queue.job"
    error: str | None = None
    stuck: datetime | None = None  # since when it takes longer than an hour
    limit: timedelta | None = None  # what ops.toml asks of the interface
    processed: datetime | None = None  # when what it is about had been processed before
    is_scheduled: bool = False
    is_end_told: bool = True
    is_correlated: bool = True
    is_given_up: bool = True  # once it failed, nobody tries it again
    are_attempts_told: bool = True
    is_next_failure: bool = False  # of a schedule: the run before failed, too

    @property
    def is_open(self):
        return self.status in ("pending", "waiting", "retrying")

    @property
    def succeeded(self):
        return self.ended if self.status == "success" else None

    def rows(self):
        """The expected rows; of a record with one transaction, also the KPIs and exceptions that must not show it."""
        rows = [*self.spans(), *self.stocks(), *self.outcomes(), *self.facts()]
        if self.model in SHARED:
            return rows
        rows += absences(INTEGRATION_KPIS, rows, self.model, self.id, self.note)
        dead = self.failed_at if self.status == "failed" and self.is_given_up else None
        rows.append(exception("dead_letter", self.model, self.id, self.plant, dead, self.note))
        stuck = self.stuck if self.is_open else None
        return [*rows, exception("stuck_run", self.model, self.id, self.plant, stuck, self.note)]

    def row(self, kpi, **more):
        """One expected row of a KPI."""
        record = {"kpi": kpi, "record_model": self.model, "record_id": self.id, "plant": self.plant}
        return record | {"company": self.company, "note": self.note} | more

    def span(self, kpi, started, ended):
        """One expected row of a duration or a stock."""
        return self.row(kpi, started_at=text(started), ended_at=text(ended))

    def spans(self):
        """How long it waited, ran and took, and how long it took to recover."""
        has_outcome = self.status in ("success", "failed") or self.is_open
        if has_outcome and not self.is_scheduled and self.is_end_told:
            yield self.span("integration_latency", self.created, self.succeeded)
            yield self.span("integration_latency_p95", self.created, self.succeeded)
        if self.begun and not self.is_scheduled:
            yield self.span("integration_queue_time", self.due or self.created, self.begun)
        elif self.is_open and not self.due:
            yield self.span("integration_queue_time", self.created, None)
        if self.begun and self.is_end_told and (self.status == "success" or self.is_open):
            yield self.span("integration_execution_time", self.begun, self.succeeded)
        if self.failed_at and self.status != "cancelled" and not self.is_next_failure:
            yield self.span("integration_recovery_time", self.failed_at, self.succeeded)

    def stocks(self):
        """From when to when it was due, given up and stuck. What is put off and not due yet is in no backlog."""
        until = None if self.is_open else self.failed_at or self.ended
        if (until and until >= (self.due or self.created)) or (self.is_open and not self.due):
            for kpi in ("integration_backlog_count", "integration_backlog_age"):
                yield self.span(kpi, self.due or self.created, until)
        if self.failed_at and self.is_given_up:
            until = None if self.status == "failed" else self.ended
            yield self.span("integration_dead_letter_count", self.failed_at, until)
        if self.stuck:
            yield self.span("integration_stuck_count", self.stuck, self.ended)

    def outcomes(self):
        """Whether it failed, how often, and whether it was lost."""
        if (not self.failed and self.status != "success") or self.is_open:
            return
        at = text(self.failed_at or self.ended)
        attempts = self.failed + (self.status == "success")
        facts = {"at": at, "is_bad": self.failed > 0, "status": self.status, "failed_attempts": self.failed}
        facts |= {"attempts": attempts if self.are_attempts_told else None}
        facts |= {"error_code": self.error} if self.error else {}
        yield self.row("integration_failure_rate", **facts)
        if self.are_attempts_told:
            tried = {"at": at, "is_bad": self.failed > 0}
            yield self.row("integration_first_try_failure_rate", expect=tried)
            tried = {"at": at, "numerator": self.failed, "denominator": attempts}
            yield self.row("integration_attempt_failure_rate", expect=tried)
        lost = {"at": text(self.ended), "is_bad": self.status != "success"}
        yield self.row("integration_loss_rate", expect=lost)

    def facts(self):
        """Whether its path can be followed, its outcome is known, and it was in time and new."""
        created = {"at": text(self.created)}
        is_known = self.status != "unknown"
        yield self.row("integration_coverage", expect=created | {"is_good": is_known})
        if is_known and not self.is_scheduled:
            yield self.row("integration_correlation_share", expect=created | {"is_good": self.is_correlated})
        if self.limit and self.status != "cancelled":
            due = self.created + self.limit
            is_good = self.succeeded is not None and self.succeeded <= due
            yield self.row("integration_on_time_share", expect={"due_at": text(due), "is_good": is_good})
        if self.succeeded and self.is_correlated:
            once = {"at": text(self.ended), "is_bad": bool(self.processed), "processed_at": text(self.processed)}
            yield self.row("integration_duplicate_share", expect=once)


@dataclass
class Held:
    """A job for a production order, which it holds from its failure to its success."""

    job: Transaction
    order: int

    def rows(self):
        """The rows of the job, and the hours of the order that are the integration's."""
        held = {"held_by": "integration", "job_id": self.job.id, "record_model": "mrp.production"}
        held |= {"record_id": self.order, "since_at": text(self.job.failed_at), "until_at": text(self.job.ended)}
        return [*self.job.rows(), held | {"plant": self.job.plant, "note": self.job.note}]


@dataclass
class Reported:
    """A run that another system reports: the line of its log, and what must be told of it."""

    line: dict
    run: Transaction

    def rows(self):
        """The rows of the run, and its report."""
        report = {"report": self.line, "record_model": self.run.model, "record_id": self.run.id}
        return [*self.run.rows(), report | {"plant": self.run.plant, "note": self.run.note}]


@dataclass
class Maintenance:
    """One played maintenance request; of no kind: cancelled."""

    id: int
    plant: str
    company: str
    note: str
    created: datetime
    kind: str | None = "corrective"
    responded: datetime | None = None
    done: datetime | None = None
    waits: list = field(default_factory=list)  # (from, to or None)
    due: datetime | None = None
    is_good: bool | None = None

    def rows(self):
        """All expected rows, and a line for each KPI the request must not appear in."""
        facts = {"record_model": "maintenance.request", "record_id": self.id, "plant": self.plant}
        facts |= {"company": self.company, "note": self.note}
        spans = [("maintenance_wait", *wait) for wait in self.waits]
        if self.kind == "corrective":
            spans += [("maintenance_response_time", self.created, self.responded)]
            spans += [("time_to_restoration", self.created, self.done)]
        rows = [{"kpi": kpi, "started_at": text(start), "ended_at": text(end)} | facts for kpi, start, end in spans]
        if self.due:
            kept = {"due_at": text(self.due), "is_good": self.is_good}
            rows.append({"kpi": "preventive_compliance", "expect": kept} | facts)
        return rows + absences(MAINTENANCE_KPIS, rows, "maintenance.request", self.id, self.note)


@dataclass
class Span:
    """A row of a duration."""

    kpi: str
    model: str
    id: int
    plant: str | None
    company: str
    note: str
    started: datetime
    ended: datetime | None

    def rows(self):
        """The expected row."""
        record = {"kpi": self.kpi, "record_model": self.model, "record_id": self.id, "plant": self.plant}
        record |= {"company": self.company, "note": self.note}
        return [record | {"started_at": text(self.started), "ended_at": text(self.ended)}]


@dataclass
class Exceptional:
    """A record that an exception names, since when; since no moment: that it must not name."""

    rule: str
    model: str
    id: int
    plant: str | None
    note: str
    since: datetime | None = None

    def rows(self):
        """The expected row, or the line that says there is none."""
        return [exception(self.rule, self.model, self.id, self.plant, self.since, self.note)]


@dataclass
class Expected:
    """A row of a KPI of another measure by what its columns say; without columns there must be none."""

    kpi: str
    model: str
    id: int
    plant: str | None
    note: str
    columns: dict | None = None
    company: str | None = None

    def rows(self):
        """The expected row, or the line that says there is none."""
        if self.columns is None:
            return [absent(self.kpi, self.model, self.id, self.note)]
        record = {"kpi": self.kpi, "record_model": self.model, "record_id": self.id, "plant": self.plant}
        return [record | {"company": self.company, "expect": self.columns, "note": self.note}]


def absent(kpi, model, record_id, note):
    """A line that says: no row of this record in this KPI."""
    return {"kpi": kpi, "record_model": model, "record_id": record_id, "absent": True, "note": note}


def exception(rule, model, record_id, plant, since, note, **more):
    """The expected exception of a record; without a moment since when, that it is none."""
    row = {"exception": rule, "record_model": model, "record_id": record_id, "plant": plant, "note": note, **more}
    return row | ({"since_at": text(since)} if since else {"absent": True})


def absences(kpis, rows, model, record_id, note):
    """Such lines for every KPI without a row."""
    present = {row["kpi"] for row in rows if "kpi" in row}
    return [absent(kpi, model, record_id, note) for kpi in kpis if kpi not in present]
