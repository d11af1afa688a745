"""The words of the dashboard, in one place: short, sentence case, and never a number without what it means."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from dashboard.reading import LEAST_JUDGED, Point, Verdict
from queries import measure, readable
from queries.budget import Budget
from queries.decision import Correction, Decision
from queries.signal import ABOVE

APP = "Plant Pulse"
STALE_HOURS = 26

STATISTIC = {
    # statistic: (short mark on charts, sentence for durations, sentence for ages of what is open)
    "p50": ("median", "half take less", "half are younger"),
    "p85": ("p85", "85 % take less", "85 % are younger"),
    "p90": ("p90", "90 % take less", "90 % are younger"),
    "p95": ("p95", "95 % take less", "95 % are younger"),
}

CUTS = 12
NO_TARGET_HERE = "targets are of elapsed time"
INTERVALS = 60
CHOOSE_CASE = "Tick a record to see which hours of it count as working time of its plant, and what is left out."
SPREAD = {"duration": "durations of the cases of the period", "stock": "ages of what is open"}
SPREAD_VIEWS = ("how many", "still open")
ENDED_SHARES = (0.25, 0.5, 0.75, 0.85, 0.9, 0.95)
SURVIVAL = "Open cases count for as long as they have been open (Kaplan-Meier)."
TREND = {
    "duration": "by the week in which the cases started",
    "stock": "at the end of each week",
    "index": "each point is the month that ended in that week; the number above is of the days said there",
}
DIRECTION = {"lower": "lower", "higher": "higher", "none": "neither: it is context for other numbers"}
CLOCK_CHOICE = "Clock, elapsed or plant working time"
CLOCK = {"elapsed": "elapsed time, day and night", "working": "working time of the plant"}
MEASURE = {
    "duration": "how long a case takes, from its start to its end",
    "stock": "what is there at the end of the period",
    "share": "the share of cases",
    "ratio": "the ratio of two sums",
    "sum": "the sum of amounts",
    "index": "the mean of the plants' indices by their cases",
}

DIMENSION = {"responsible": "responsible person", "replan_count": "re-plans", "plan_quality": "plan is"}
ACTOR = {"human": "person", "automation": "automation", "integration": "integration", "unknown": "unknown"}
ACTOR_MARK = {"human": "●", "automation": "◆", "integration": "■"}

CONFIDENCE = {"A": "certain", "B": "likely", "C": "unsure"}
TIME_QUALITY = {"snapshot": "seen between two reads", "date": "day only"}
MODEL = {
    "mrp.production": "production order",
    "purchase.order": "purchase order",
    "sale.order": "sales order",
    "stock.picking": "transfer",
    "stock.move": "stock move",
    "quality.check": "quality check",
    "quality.alert": "quality alert",
    "qc.inspection": "inspection",
    "mrp.workorder": "work order",
    "maintenance.request": "maintenance request",
    "mgmtsystem.nonconformity": "nonconformity",
    "approval.request": "approval request",
    "account.move": "invoice or entry",
}

SOURCE_STATUS = {
    "ok": ("good", "✓", "ok"),
    "absent": ("none", "○", "absent"),
    "no right": ("warn", "!", "no right"),
    "field missing": ("warn", "!", "field missing"),
    "stale": ("warn", "!", "stale"),
    "not read": ("bad", "✕", "not read"),
}
CHECK_STATUS = {
    "pass": ("good", "✓", "pass"),
    "warn": ("warn", "!", "warning"),
    "fail": ("bad", "✕", "failed"),
}
RUN_STATUS = {
    "published": ("good", "✓", "published"),
    "ok": ("good", "✓", "published"),
    "running": ("none", "○", "running"),
    "failed": ("bad", "✕", "failed"),
    "refused": ("bad", "✕", "not published"),
}

INTERFACE_STATE = {
    "failing": ("bad", "✕", "failing"),
    "silent": ("bad", "✕", "silent"),
    "degraded": ("warn", "!", "degraded"),
    "unknown": ("none", "○", "unknown"),
    "up": ("good", "✓", "up"),
}
INTEGRATION_STATUS = {
    "success": ("good", "✓", "succeeded"),
    "failed": ("bad", "✕", "failed"),
    "retrying": ("warn", "!", "is tried again"),
    "running": ("none", "○", "runs"),
    "waiting": ("none", "○", "waits for its time"),
    "pending": ("none", "○", "waits in line"),
    "cancelled": ("none", "○", "cancelled"),
    "unknown": ("none", "○", "unknown"),
}
AUTOMATION_STATE = {
    "failing": ("bad", "✕", "failing"),
    "late": ("bad", "✕", "late"),
    "deactivated by Odoo": ("bad", "✕", "deactivated by Odoo"),
    "never ran": ("warn", "!", "never ran"),
    "unknown": ("none", "○", "unknown"),
    "works": ("good", "✓", "works"),
    "switched off": ("none", "○", "switched off"),
}
ISSUE_STATE = {
    "open": ("warn", "!"),
    "acknowledged": ("none", "○"),
    "owned": ("none", "●"),
    "muted": ("none", "○"),
    "resolved": ("good", "✓"),
}
SOURCE = {
    "queue_job": "background job",
    "cron": "scheduled action",
    "n8n": "n8n workflow",
    "inbox": "inbox",
    "webhook_in": "webhook called",
    "webhook_out": "webhook sent",
    "mail": "e-mail",
    "sms": "text message",
    "fetchmail": "mailbox",
    "edi": "EDI exchange",
    "account_edi": "electronic invoice",
}
INTEGRATIONS = "The period above does not narrow this page: it shows how things are now, and the last seven days."
INTERFACES = "the worst first; failed is runs that failed at least once, of those with an outcome"
NO_INTERFACES = "No run of an integration is known for this choice."
NO_INTERFACE = "No interface of this name is in the data you see: it may be new, renamed, or of another plant."
HOURS = "in UTC; each cell is an hour of an interface that ran: the redder, the more of its runs failed"
ISSUES = "failures of one flow that say the same, as one line; those that nobody has seen to first"
NO_ISSUES = "No failure is known for this choice."
NO_ISSUE = "This issue is not in the data you see: it may have been of another plant, or an older version."
AUTOMATION = "scheduled actions, automation rules and actions that call another system, of all plants"
NO_AUTOMATION = "No scheduled action or automation rule was read."
BLIND = "What a source cannot tell is shown as unknown and never counts as a success."

DEMO = "demo data: no Odoo behind it"
NOT_LOADED = "This part could not be loaded. The rest of the page is right; the details are in the server's log."
NO_ROWS = "Nothing here for this choice."
NEW_KPI = "not in the published data yet: it appears with the next refresh"
NO_TREND = "No whole week in this period has a number yet."
ONLY_FINAL = (
    "A hollow point is not final: cases of that week are still open, so its value can still rise. "
    "The running week is left out."
)

LIMITS = (
    "Between the dotted lines a week is as ordinary as the 24 of its baseline; a week marked by a square is a real "
    "shift: beyond a line, or the second of three near it."
)

CHANGES_SHOWN = 8
CHANGES = "before and after where it was done, less what happened meanwhile elsewhere; in brackets the 95 % interval"
NO_CHANGES = (
    "Nothing that concerns this KPI is known to have changed. Automation rules, scheduled actions and upgrades are "
    "found by themselves; roll-outs are named in ops.toml."
)

WAITING = "What waits now"
APPROVALS = "Open approvals"
SHORTAGES = "Orders short of material"

SEARCH_HINT = "Part of a name is enough: production orders, purchase orders and what they came from."
SEARCH_NONE = "No name or origin holds this text. The document may lie outside your plants or before the first load."
NO_EVENTS = "No event of this record was recorded."
NO_LINKS = "No link to another record is known."
STALE_COST = "its numbers are older than the rest"
LABELS = "State labels that match no selection value in any installed language: their steps are not counted."

NOT_FILTERED = "Period and plants above do not narrow this page."

GAPS = "A gap is a week without a number: no case, or so many still open that it is not reached. The table says which."

EMPTY_TITLE = "No data yet"
EMPTY_LEAD = "Nothing has been published to this warehouse, so there is nothing to show. That is not the same as zero."
EMPTY_STEPS = (
    ("See it with invented plants", "python -m etl demo"),
    ("Check that your Odoo can be read", "python -m etl check"),
    ("Load and publish from your Odoo", "python -m etl refresh"),
)
UNREADABLE_TITLE = "The published data cannot be read"
UNREADABLE_LEAD = "The file that CURRENT names is missing or damaged. Nothing is shown rather than something wrong."
UNREADABLE_STEPS = (
    ("See which versions there are", "python -m etl status"),
    ("Publish again", "python -m etl refresh"),
)
EMPTY_WAIT = "This page looks every few seconds and opens by itself once data is published."


def statistic(kpi) -> str:
    """What the value says about the cases: "85 % take less", and by the clock of working time that it is that."""
    words = STATISTIC.get(kpi.statistic)
    if not words:
        return ""
    said = words[2] if kpi.measure == "stock" else words[1]
    return f"{said}, {kpi.unit}" if kpi.unit == readable.WORKING_TIME else said


def shift(verdict: Verdict, better: bool | None) -> str:
    """real shift since 3 Nov: worse."""
    how = {True: "better", False: "worse", None: "higher" if verdict.kind == ABOVE else "lower"}[better]
    return f"real shift since {readable.day(verdict.since)}: {how}"


def not_judged(plants: Sequence[str]) -> str:
    """Why a KPI has no verdict at all: some plants together have no weeks of their own, nor has a queue."""
    return "judged for one plant, or for all" if len(plants) > 1 else "not judged: its weeks are no cases of their own"


VERDICT = {"above": "real shift", "below": "real shift", "normal": "normal", "baseline": "baseline"}


def short(name: str, length: int = 24) -> str:
    """A name for a label on a chart."""
    return name if len(name) <= length else f"{name[: length - 1].rstrip()}…"


def changed(row: dict) -> str:
    """Rule created, Head of production; what more is to be said of a change."""
    return ", ".join(filter(None, (sentence(row["kind"]), row["owner"], row["note"])))


def before_after(row: dict, unit: str) -> str:
    """15 h 17 min → 9 min."""
    if row["value_before"] is None:
        return "–"
    return f"{readable.measured(row['value_before'], unit)} → {readable.measured(row['value_after'], unit)}"


def more_changes(count: int) -> str:
    return f"The newest {CHANGES_SHOWN} of {count} are shown; `python -m queries effects` lists all of them."


def weeks_compared(row: dict) -> str:
    """26 weeks before, 12 after, against 3 plants."""
    against = f", against {row['untouched_count']} plant{'s' * (row['untouched_count'] != 1)}" if row["verdict"] else ""
    return f"{row['weeks_before']} weeks before, {row['weeks_after']} after{against}"


def dimension(name: str) -> str:
    words = DIMENSION.get(name, name.replace("_", " "))
    return words[:1].upper() + words[1:]


def period(kpi, start: date, end: date, today: date | None = None) -> str:
    """28 days to 22 Nov; of an index also 26 weeks to 22 Nov; what is open is counted on a day, not over a period."""
    last, days = readable.day(end - timedelta(days=1), today), (end - start).days
    if kpi.measure == "stock":
        return f"on {last}"
    is_weeks = kpi.measure == "index" and days > 31 and days % 7 == 0
    return f"{days // 7} weeks to {last}" if is_weeks else f"{days} days to {last}"


def cases(kpi, point: Point) -> str:
    """n = 312, 14 still open; n = 120, plan known for 82 %."""
    text = f"n = {readable.number(point.n)}"
    if point.n_open and kpi.measure != "stock":
        text += f", {readable.number(point.n_open)} still open"
    known = measure.coverage(point.n, point.n_unmeasured)
    return text if known is None else f"{text}, {kpi.coverage or measure.WORKING} for {int(known * 100)} %"


def change(kpi, now: float, before: float) -> str:
    """How far the value moved: a count by pieces, a share by points, anything else in per cent."""
    moved = abs(now - before)
    if kpi.unit == "count":
        return readable.number(moved)
    if kpi.unit == "share":
        return f"{moved * 100:.1f} points"
    return f"{moved / abs(before) * 100:.0f} %" if before else readable.measured(moved, kpi.unit)


def target(kpi, value: float) -> str:
    return readable.measured(value, kpi.unit)


def waiting(total: int, shown: int) -> str:
    return f"{readable.number(total)} wait, the oldest {shown} shown" if total > shown else f"{total} wait"


def stale(ago: str) -> str:
    return f"Stale: the data is from {ago}. Look at Data health for what stopped the refresh."


def record_missing() -> str:
    return "This record is not in the published data, or your rights do not cover its plant."


def model(name: str) -> str:
    """A technical model name as people call it, where we know it."""
    return MODEL.get(name, name)


def found(count: int) -> str:
    return "Nothing found" if not count else f"{count} record{'s' * (count > 1)} found"


def events(count: int, zone: str | None) -> str:
    return f"{count} event{'s' * (count != 1)}, times in {zone or 'UTC'}"


def sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def last_bar(start: float, unit: str) -> str:
    return f"The last bar holds everything from {readable.measured(start, unit)} on."


def counted(name: str, intervals: list[dict]) -> str:
    """Counted of WH/MO/00042: 12 h 30 min in 3 intervals."""
    hours = [one["seconds"] for one in intervals if one["is_counted"]]
    length = f"{readable.working_time(sum(hours))} in {len(hours)} interval{'s' * (len(hours) != 1)}"
    return f"Working time of {name}: {length if hours else 'none counted'}"


def counted_zone(intervals: list[dict], plant: str) -> str:
    return f"Times of {plant}, {intervals[0]['timezone']}." if intervals else "It began and ended in the same moment."


def local(moment: datetime) -> str:
    """Mon 22 Nov 15:55, for a moment that is local already."""
    return f"{moment:%a} {readable.moment(moment)}"


def more_intervals(count: int) -> str:
    return f"The first {INTERVALS} of {count} are shown; `python -m queries list counted_interval` lists all of them."


def open_since(length: str) -> str:
    return f"still open: nothing happened for {length}"


def confidence(letter: str | None) -> str:
    return CONFIDENCE.get(letter, letter or "unknown how sure")


def time_quality(word: str) -> str:
    return TIME_QUALITY.get(word, word)


def relation(direction: str, kind: str, letter: str | None) -> str:
    """led to this: supplies (certain)."""
    words = {"before": "led to this", "after": "followed from this"}.get(direction, direction)
    return f"{words}: {kind} ({confidence(letter)})"


def period_rule(kpi) -> str:
    """Which cases make up a period, in words."""
    if kpi.measure == "duration":
        return (
            "A case counts in the period in which it started. Open cases count as not yet reached, so waiting work "
            "cannot make the number look better. A week is final once its value can no longer change."
        )
    if kpi.measure == "stock":
        return "What was open at the end of the period. Ages count to the moment the data was read."
    if kpi.measure == "index":
        return (
            "The newest index of each plant up to the end of the period. It rests on the cases that closed in the days "
            "said beside it, which may be more or fewer than those of the period."
        )
    return "A case counts in the period in which it fell due or happened."


def domain(name: str) -> str:
    return name[:1].upper() + name[1:].replace("_", " ")


def measured_as(kpi) -> str:
    """Measure and statistic in words: how long a case takes; shown is p85, 85 % take less."""
    said = f"{STATISTIC[kpi.statistic][0]}, {statistic(kpi)}" if statistic(kpi) else kpi.statistic
    return f"{MEASURE.get(kpi.measure, kpi.measure)}; shown: {said}"


def records(kpi, rows: list[dict], limit: int) -> str:
    """How many there are, and in which order."""
    if not rows:
        return NO_ROWS
    first = {"duration": "the longest first", "stock": "the oldest first", "share": "the bad ones first"}
    order = f", {first[kpi.measure]}" if kpi.measure in first else ""
    if len(rows) >= limit:
        return f"{readable.number(limit)} of them{order}; the CSV has all"
    return f"{readable.number(len(rows))} records{order}"


NO_DECISIONS = "no budget could be read; the details are in the server's log"
CORRECT = (
    "What falls due on these days counts neither as due nor as missed. The decision is kept with your name, holds from "
    "now on, and can be taken back."
)


def budget(now: Sequence[Budget]) -> str:
    """What is promised, and what counts."""
    first = now[0]
    promised = readable.service_level(first.objective, first.limit, first.clock)
    left = (first.end - first.as_of.date()).days
    days = f"{left} day{'s' * (left != 1)} left with today"
    return f"Service level {promised}. What falls due in the month counts, also when it is still open. {days} (UTC)."


def pace(misses: float | None) -> str:
    """0.9 a day, 3 a week; no misses."""
    if misses is None:
        return "–"
    if not misses:
        return "no misses"
    return f"{misses:.1f} a day" if misses >= 1 else f"{misses * 7:.1f} a week"


def left_out(now: Sequence[Budget], months: Sequence[Budget]) -> str:
    """How many cases corrections leave out."""
    here = now[0].n_corrected
    before = sum(one.n_corrected for one in months if one.plant == now[0].plant) - here
    return f"Left out by decision: {cases_of(here)} this month, {cases_of(before)} in the months before."


def cases_of(count: int) -> str:
    return f"{readable.number(count)} case{'s' * (count != 1)}"


def days_of(one: Correction) -> str:
    """5 to 7 Nov."""
    if one.from_on == one.until_on:
        return readable.day(one.from_on)
    return f"{readable.day(one.from_on)} to {readable.day(one.until_on)}"


def correction(one: Correction) -> str:
    return f"{days_of(one)}, {one.plant or 'all plants'}: {one.cause}"


def of(part: int | None, whole: int | None) -> str:
    """3 of 40; a dash where there was nothing."""
    return f"{readable.number(part or 0)} of {readable.number(whole)}" if whole else "–"


def failed_of(failures: int, runs: int) -> str:
    return f"{of(failures, runs)} ({readable.share(failures / runs)})" if runs else "no run"


def hours(rows: Sequence[dict]) -> str:
    """What the picture of the hours says."""
    failed = sum(row["failure_count"] for row in rows)
    labels = {row["label"] for row in rows}
    return f"{len(labels)} interfaces by the hour: {of(failed, sum(row['run_count'] for row in rows))} runs failed"


def runs(zone: str | None) -> str:
    return f"at most 200, times in {zone or 'UTC'}; a run with its retries is one line"


def issue_runs(found: int, shown: int) -> str:
    return f"the newest {shown} of {readable.number(found)}, times in UTC" if found > shown else "times in UTC"


def error(run: dict) -> str:
    """The code, unless the text says it, and the text; a dash where nothing went wrong or nothing is told."""
    code, text = run["error_code"] or "", run["error_text"] or ""
    return text if code and code in text else ": ".join(filter(None, (code, text))) or "–"


def decided(one: Decision) -> str:
    """Assigned to Ann; muted until 3 Dec; taken back where it was."""
    words = sentence(one.what)
    words += f" to {one.owner}" if one.owner else ""
    words += f" until {readable.day(one.until_on)}" if one.until_on else ""
    return f"{words} (taken back by {one.withdrawn_by})" if one.withdrawn_at else words


def trace(steps: int) -> str:
    if not steps:
        return "Nothing is known of it: write a record as stock.picking,101, a document's name, or a correlation id."
    return f"{steps} step{'s' * (steps != 1)}, times in UTC"


def survival(kpi, ended: Sequence[dict]) -> str:
    """Half ended within 1.3 d, 90 % within 6 d."""
    known = {row["share"]: row["seconds"] for row in ended}
    half, most = known[0.5], known[0.9]
    if half is None:
        return "Half of them are still open."
    words = f"Half ended within {readable.measured(half, kpi.unit)}"
    return f"{words}, 90 % within {readable.measured(most, kpi.unit)}." if most is not None else f"{words}."


def closed_only(point: Point) -> str:
    """What the figure of ended cases alone leaves out."""
    ended = readable.number(point.n - point.n_open)
    return (
        f"of the {ended} ended cases alone: too short by what the {readable.number(point.n_open)} open ones still take"
    )


def too_few(n: int) -> str:
    """Why a value is not judged against its target."""
    return f"too few to judge: {cases_of(n)}, {LEAST_JUDGED} needed"
