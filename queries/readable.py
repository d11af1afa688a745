"""Numbers, durations and moments as a reader wants them: fitting unit, no false precision."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

MINUTE, HOUR, DAY = 60, 3600, 86400
WORKING_TIME = "working time"  # the unit of durations by the clock of that name


def duration(seconds: float | None) -> str:
    """45 s, 12 min, 5 h 40 min, 3.2 d, 120 d."""
    if seconds is None:
        return "–"
    sign, seconds = ("−" if seconds < 0 else ""), abs(seconds)
    if seconds < MINUTE:
        return f"{sign}{seconds:.0f} s"
    if seconds < HOUR - 30:
        return f"{sign}{round(seconds / MINUTE)} min"
    if seconds < DAY - 30:
        hours, minutes = divmod(round(seconds / MINUTE), 60)
        return f"{sign}{hours} h" + (f" {minutes} min" if minutes else "")
    days = seconds / DAY
    return f"{sign}{days:.0f} d" if days >= 99.95 else f"{sign}{days:.1f} d".replace(".0 d", " d")


def working_time(seconds: float | None) -> str:
    """45 s, 12 min, 5 h 40 min, 312 h; never days, which are longer than a day's work."""
    if seconds is None or abs(seconds) < DAY - 30:
        return duration(seconds)
    return f"{seconds / HOUR:,.0f} h".replace("-", "−")


def number(value: float | None, digits: int = 0) -> str:
    """12,345."""
    return "–" if value is None else f"{value:,.{digits}f}"


def share(value: float | None) -> str:
    """4.2 %."""
    return "–" if value is None else f"{value * 100:.1f} %"


def money(amount: float | None, currency: str | None) -> str:
    """12,345 EUR; no currency is said, not guessed."""
    return "–" if amount is None else f"{amount:,.0f} {currency or '(no currency)'}"


def measured(value: float | None, unit: str) -> str:
    """A KPI's value in the form its unit asks for."""
    if unit == "duration":
        return duration(value)
    if unit == WORKING_TIME:
        return working_time(value)
    if unit == "share":
        return share(value)
    if unit == "index":
        return number(value, 2)
    return number(value)


def ago(moment: datetime | None, now: datetime | None = None) -> str:
    """just now, 12 min ago, 2 h ago, 3 d ago; `moment` is naive UTC as everything in the warehouse."""
    if moment is None:
        return "never"
    seconds = ((now or utc_now()) - moment).total_seconds()
    if seconds < MINUTE:
        return "just now"
    for size, unit in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min")):
        if seconds >= (2 * size if size == DAY else size):
            return f"{seconds // size:.0f} {unit} ago"
    return "just now"


def utc_now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def day(when: date | None, today: date | None = None) -> str:
    """22 Nov, and 22 Nov 2025 in another year."""
    if when is None:
        return "–"
    text = f"{when.day} {when:%b}"
    return text if when.year == (today or utc_now().date()).year else f"{text} {when.year}"


def moment(when: datetime | None, zone: str | None = None, seconds: bool = False) -> str:
    """22 Nov 15:55 in `zone` (UTC when unknown)."""
    if when is None:
        return "–"
    local = when.replace(tzinfo=UTC).astimezone(ZoneInfo(zone) if zone else UTC)
    return f"{day(local.date())} {local:%H:%M:%S}" if seconds else f"{day(local.date())} {local:%H:%M}"


def verdict(kind: str | None, since: date | None, reason: str | None) -> str:
    """normal week; real shift since 3 Nov, above; or why there is none."""
    if kind in ("above", "below"):
        return f"real shift since {day(since)}, {kind}"
    return {"normal": "normal week", "baseline": "still in the baseline"}.get(kind, reason or "")
