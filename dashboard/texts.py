"""The words of the dashboard, in one place: short, sentence case, and never a number without what it means."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from dashboard.reading import Point, Verdict
from queries import measure, readable
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
TREND = {"duration": "by the week in which the cases started", "stock": "at the end of each week"}
DIRECTION = {"lower": "lower", "higher": "higher", "none": "neither: it is context for other numbers"}
CLOCK_CHOICE = "Clock, elapsed or plant working time"
CLOCK = {"elapsed": "elapsed time, day and night", "working": "working time of the plant"}
MEASURE = {
    "duration": "how long a case takes, from its start to its end",
    "stock": "what is there at the end of the period",
    "share": "the share of cases",
    "ratio": "the ratio of two sums",
    "sum": "the sum of amounts",
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
    "account.move": "invoice or entry",
}

SOURCE_STATUS = {
    "ok": ("good", "✓", "ok"),
    "absent": ("none", "○", "absent"),
    "no right": ("warn", "!", "no right"),
    "field missing": ("warn", "!", "field missing"),
    "stale": ("warn", "!", "stale"),
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


def dimension(name: str) -> str:
    words = DIMENSION.get(name, name.replace("_", " "))
    return words[:1].upper() + words[1:]


def period(kpi, start: date, end: date, today: date | None = None) -> str:
    """28 days to 22 Nov; what is open is counted on a day, not over a period."""
    last = readable.day(end - timedelta(days=1), today)
    return f"on {last}" if kpi.measure == "stock" else f"{(end - start).days} days to {last}"


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
