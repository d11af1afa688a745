"""Numbers, durations and moments as a reader wants them: fitting unit, no false precision.

Numbers carry the signs of the reader's locale, where somebody tells which that is (`listen`): 1.234,5 in German. Words
stay English, and so do names of months; what a terminal prints is plain.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

MINUTE, HOUR, DAY = 60, 3600, 86400
STALE_AFTER = 26 * HOUR  # data so old are: a night that brought nothing, and two hours of patience
STATISTIC = {
    # statistic: (short mark on charts, sentence for durations, sentence for ages of what is open)
    "p50": ("median", "half take less", "half are younger"),
    "p85": ("p85", "85 % take less", "85 % are younger"),
    "p90": ("p90", "90 % take less", "90 % are younger"),
    "p95": ("p95", "95 % take less", "95 % are younger"),
}
AT_THIS_PACE = "at this pace"
WORKING_TIME = "working time"  # the unit of durations by the clock of that name
WIDE, NARROW = "\u00a0", "\u202f"  # spaces at which no line breaks


@dataclass(frozen=True)
class Signs:
    """How a locale writes numbers and days (CLDR): the sign before decimals, the one between thousands, whether four
    digits stand together, and whether the month comes first."""

    decimal: str = "."
    thousand: str = ","
    is_four_together: bool = False
    is_month_first: bool = False


PLAIN = Signs()
SIGNS = {
    PLAIN: "en zh ja ko th he hi",
    Signs(is_month_first=True): "en-us en-ph",
    Signs(",", "."): "de nl it da id tr el hr sl sr bs mk ro ca gl vi is pt-br",
    Signs(",", ".", is_four_together=True): "es",
    Signs(".", ",", is_four_together=True): "es-mx es-us es-419",
    Signs(",", NARROW): "fr fr-ch",
    Signs(",", WIDE): "ru uk cs sk bg fi sv nb no nn hu lv lt be sq ka fr-ca de-at",
    Signs(",", WIDE, is_four_together=True): "pl pt et",
    Signs(".", "’"): "de-ch de-li it-ch rm",
}
OF_LOCALE = {name: signs for signs, names in SIGNS.items() for name in names.split()}
_telling: list[Callable[[], str | None]] = [lambda: None]


def listen(locale: Callable[[], str | None]) -> None:
    """From now on ask `locale` at each number who reads it: de-CH, or None where that is not known."""
    _telling[0] = locale


def locale() -> str | None:
    """The locale of the reader. A text that is kept for others, too, must be kept by it."""
    return _telling[0]()


def signs() -> Signs:
    return _signs(locale())


@cache
def _signs(name: str | None) -> Signs:
    """The signs of de-Latn-CH are those of de-CH, else of de; of a locale nobody knows, plain ones."""
    language, *parts = (name or "").lower().replace("_", "-").split("-")
    asked = (*(f"{language}-{part}" for part in parts), language)
    return next((OF_LOCALE[key] for key in asked if key in OF_LOCALE), PLAIN)


def _local(plain: str) -> str:
    """A number as Python writes it (12,345.6) in the signs of the reader's locale."""
    of = signs()
    if of == PLAIN:
        return plain
    whole, point, decimals = plain.partition(".")
    if of.is_four_together and len(whole.lstrip("-")) == 5:
        whole = whole.replace(",", "")
    return whole.replace(",", of.thousand) + point.replace(".", of.decimal) + decimals


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
    words = f"{days:.0f}" if days >= 99.95 else f"{days:.1f}".removesuffix(".0")
    return f"{sign}{_local(words)} d"


def working_time(seconds: float | None) -> str:
    """45 s, 12 min, 5 h 40 min, 312 h; never days, which are longer than a day's work."""
    if seconds is None or abs(seconds) < DAY - 30:
        return duration(seconds)
    return f"{_local(f'{seconds / HOUR:,.0f}')} h".replace("-", "−")


def number(value: float | None, digits: int = 0) -> str:
    """12,345."""
    return "–" if value is None else _local(f"{value:,.{digits}f}")


def size(byte_count: int) -> str:
    """Of a file, as "12.3 MB" or "640 kB"."""
    return f"{byte_count / 1e6:,.1f} MB" if byte_count >= 1e6 else f"{byte_count / 1e3:,.0f} kB"


def share(value: float | None, digits: int = 1) -> str:
    """4.2 %."""
    return "–" if value is None else f"{number(value * 100, digits)} %"


def money(amount: float | None, currency: str | None) -> str:
    """12,345 EUR; no currency is said, not guessed."""
    return "–" if amount is None else f"{number(amount)} {currency or '(no currency)'}"


def measured(value: float | None, unit: str) -> str:
    """A KPI's value in the form its unit asks for."""
    if unit == "duration":
        return duration(value)
    if unit == WORKING_TIME:
        return working_time(value)
    if unit == "share":
        return share(value)
    is_whole = value is None or abs(value) >= 100 or float(value).is_integer()
    return number(value, 0 if is_whole and unit != "index" else 2)


def a(noun: str) -> str:
    """a share, an index."""
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


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
    """22 Nov, and 22 Nov 2025 in another year; Nov 22, 2025 where the month comes first."""
    if when is None:
        return "–"
    return _day(when, signs().is_month_first, when.year != (today or utc_now().date()).year)


@lru_cache(maxsize=4096)
def _day(when: date, is_month_first: bool, has_year: bool) -> str:
    text = f"{when:%b} {when.day}" if is_month_first else f"{when.day} {when:%b}"
    if not has_year:
        return text
    return f"{text}, {when.year}" if is_month_first else f"{text} {when.year}"


def moment(when: datetime | None, zone: str | None = None, seconds: bool = False) -> str:
    """22 Nov 15:55 in `zone` (UTC when unknown)."""
    if when is None:
        return "–"
    local = when.replace(tzinfo=UTC).astimezone(ZoneInfo(zone) if zone else UTC)
    return f"{day(local.date())} {local:%H:%M:%S}" if seconds else f"{day(local.date())} {local:%H:%M}"


@cache
def is_zone(name: str) -> bool:
    """Whether a time zone is known by this name."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def statistic(kpi) -> str:
    """What the value of a KPI says about the cases: "85 % take less"; empty where its statistic needs no words."""
    _, cases, ages = STATISTIC.get(kpi.statistic, ("", "", ""))
    return ages if kpi.measure == "stock" else cases


def verdict(kind: str | None, since: date | None, reason: str | None) -> str:
    """normal week; real shift since 3 Nov, above; or why there is none."""
    if kind in ("above", "below"):
        return f"real shift since {day(since)}, {kind}"
    return {"normal": "normal week", "baseline": "still in the baseline"}.get(kind, reason or "")


def moved(change: float, measure: str) -> str:
    """How far a KPI moved: 22 % shorter, 3.1 times as long; of a share 4.1 points more."""
    if measure == "share":
        return f"{number(abs(change) * 100, 1)} points {'less' if change < 0 else 'more'}"
    if change >= 2:
        return f"{number(1 + change, 1 if change < 99 else 0)} times as long"
    digits = 1 if change < -0.95 else 0
    return f"{share(abs(change), digits)} {'shorter' if change < 0 else 'longer'}"


UNCERTAIN = 9  # where even ten times as long is possible


def moved_between(change: float | None, low: float | None, high: float | None, measure: str) -> str:
    """22 % shorter (9 % to 33 %); where either way is possible, both ends: 12 % shorter to 10 % longer;
    or that it is too uncertain."""
    if change is None or low is None or high is None:
        return ""
    if low <= 0 <= high and measure != "share" and high >= UNCERTAIN:
        return "too uncertain to tell"
    if low <= 0 <= high:
        return f"{moved(low, measure)} to {moved(high, measure)}"
    if measure != "share" and change >= 2:
        return f"{moved(change, measure)} ({number(1 + low, 1)} to {number(1 + high, 1)})"
    ends = [moved(end, measure) for end in sorted((low, high), key=abs)]
    words = (" as long", " shorter", " longer", " points less", " points more")
    amounts = [next(end.removesuffix(word) for word in words if end.endswith(word)) for end in ends]
    return f"{moved(change, measure)} ({amounts[0]} to {amounts[1]})"


def held_up(row: dict) -> str:
    """What waits for a record: "3 orders (1 due soon), 12,300 EUR"; empty where nothing is known to."""
    orders = f"{row['waiting_count']} order{'s' * (row['waiting_count'] > 1)}" if row["waiting_count"] else ""
    soon = row["due_soon_count"]
    due = ("" if not soon else f" ({soon} due soon)") if orders else "due soon" * bool(soon)
    worth = money(row["held_up_amount"], row["held_up_currency"]) if row["held_up_amount"] is not None else ""
    return ", ".join(part for part in (orders + due, worth) if part)


def effect(row: dict, measure: str) -> str:
    """What a change did to a KPI (a row of the list change_effect): 22 % shorter (9 % to 33 %), no effect shown, or
    that it cannot be told and why, with what the plant itself was before and after."""
    words = moved_between(row["effect"], row["effect_low"], row["effect_high"], measure)
    if words:
        return f"no effect shown: {words}" if row["verdict"] == "normal" else words
    own = moved_between(row["change"], row["change_low"], row["change_high"], measure)
    if not own:
        return f"cannot be told: {row['reason']}"
    if row["change_low"] <= 0 <= row["change_high"]:
        return f"much as before ({own}); what it would be without the change cannot be told: {row['reason']}"
    than = own.replace(" (", " than before (", 1)
    return f"{than}; whether through the change cannot be told: {row['reason']}"


def seen(after_at: datetime, changed_at: datetime) -> str:
    """The day of a change: 2 Mar, or 2 Mar to 4 Mar where it lies between two reads on different days."""
    first, last = day(after_at.date()), day(changed_at.date())
    return first if first == last else f"{first} to {last}"


def misses(n_missed: int, n_allowed: int, is_running: bool) -> str:
    """9 of 12 misses; while a month runs, how many are allowed is an estimate: 9 of about 12."""
    about = "about " if is_running else ""
    return f"{number(n_missed)} of {about}{number(n_allowed)} miss{'es' * (n_allowed != 1)}"


def budget(is_used_up: bool, is_over: bool, is_running: bool, gone_on: date | None) -> str:
    """used up since 12 Nov; gone by Thu 26 Nov at this pace; lasts at this pace; and of a month that has ended kept, or
    over since 12 Nov."""
    if not is_running:
        return f"over since {day(gone_on)}" if is_over else "kept"
    if is_used_up:
        return f"used up since {day(gone_on)}"
    return f"gone by {gone_on:%a} {day(gone_on)} {AT_THIS_PACE}" if gone_on else f"lasts {AT_THIS_PACE}"


def service_level(objective: float | None, limit: float | None, clock: str) -> str:
    """90 % within 2 d; 98 %; where plants differ, that they do."""
    if objective is None:
        return "differs by plant"
    wanted = f"{_local(f'{objective * 100:.4g}')} %"
    if limit is None:
        return wanted
    return f"{wanted} within {working_time(limit) + ' of working time' if clock == 'working' else duration(limit)}"
