"""The digest: tells each recipient of ops.toml what changed since the last letter that reached them, and the morning
brief once a day.

What is out of order comes from queries/alert.py, seen through the recipient's scope; what they know already from the
outbox. So each change of a state is told once, and again only when it is over or gets worse. Nothing is told of numbers
that are stale: who is an operator is told that instead.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cache, partial
from pathlib import Path
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from etl import load
from etl import send as sending
from etl.letter import Letter, Line, Section, write
from etl.outbox import OVER, Outbox, Told, Words, opened
from etl.send import SendError
from queries import alert, brief, catalog, decision, readable, warehouse
from queries import plant as plants
from queries.alert import BUDGET, EXCEPTION, STEPS, Alert, Standing
from queries.brief import Brief
from queries.catalog import EXCEPTION_SEVERITIES
from queries.config import OPERATOR, Config, ConfigError, Digest, Recipient
from queries.warehouse import Scope, Warehouse

DATA = "data"  # the kind of alerts about the data themselves, which are for operators
ABOUT = {alert.SHIFT: "kpi", alert.TARGET: "kpi", BUDGET: "budget", EXCEPTION: "exception"}
RANK = {alert.RUNNING_OUT: 0, alert.USED_UP: 1} | {state: step for step, state in enumerate(STEPS)}
GOT_WORSE, BEGAN, ENDED = "Got worse", "New", "Over"
CALLED = {DATA: "data", alert.SHIFT: "shifts", alert.TARGET: "targets", BUDGET: "budgets", EXCEPTION: "exceptions"}
BRIEF = "brief"


@dataclass(frozen=True)
class Channel:
    """Where a letter goes: the variable that holds the address, and of a mail (else "") one of its readers."""

    variable: str
    reader: str

    @property
    def name(self) -> str:
        """How the outbox tells it from others, without the address itself."""
        return self.variable + (f"/{hashlib.sha256(self.reader.encode()).hexdigest()[:12]}" if self.reader else "")


@dataclass(frozen=True)
class Outcome:
    """What a run did: letters sent, letters that wait for the next run and why, recipients in their quiet hours, and
    plants (or "" for all) whose numbers were too old to be told."""

    sent: int = 0
    failed: tuple[str, ...] = ()
    quiet: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()


@dataclass(frozen=True)
class News:
    """What a recipient does not know yet: alerts that began, that got worse, and what is over, each with how it is now;
    the morning brief where it is due, and under which name it counts as told."""

    began: tuple[Alert, ...] = ()
    worse: tuple[Alert, ...] = ()
    over: tuple[tuple[Told, str], ...] = ()
    brief: Brief | None = None
    brief_of: str = ""

    @property
    def told(self) -> list[Told]:
        """What a letter with these news tells."""
        found = [Told(one.subject, one.state, one.plant, one.about) for one in (*self.began, *self.worse)]
        found += [Told(one.subject, OVER, one.plant, one.about) for one, _ in self.over]
        return found + ([Told(self.brief_of, "sent", None, "Morning brief")] if self.brief else [])


@dataclass(frozen=True)
class Data:
    """The published numbers as a recipient sees them: their plants' names and time zones, those whose numbers are too
    old, and (with them left out) what is out of order."""

    opened: Warehouse
    names: Mapping[str, str]
    zones: Mapping[str, str | None]
    stale: Mapping[str, datetime]
    standing: Standing | None

    @property
    def fresh(self) -> tuple[str, ...]:
        """The plants to tell of. None stands for all of them and for what is of all together, which is nothing to who
        sees some, and is as old as the oldest."""
        if self.opened.scope.plants is None and not self.stale:
            return ()
        return tuple(plant for plant in self.names if plant not in self.stale)


def run(
    folder: Path, config: Config, say: Callable[[str], None], now: datetime | None = None, is_dry: bool = False
) -> Outcome:
    """Sends what is due at `now` (UTC) to every recipient. With `is_dry` the letters are said instead, and nothing is
    kept. ConfigError where nobody or an unknown plant is named; WarehouseMissing where nothing is published."""
    digest, now = config.digest, now or readable.utc_now()
    if not digest.recipients:
        raise ConfigError("nobody is to be told: name a [[digest.recipient]] in ops.toml, as ops.example.toml shows.")
    everything = _data(folder, Scope(), digest, now)
    for one in digest.recipients:
        for plant in one.plants:
            if plant not in everything.names:
                known = ", ".join(everything.names)
                raise ConfigError(
                    f"ops.toml: [[digest.recipient]] {one.name!r}: there is no plant {plant!r}: use {known}."
                )
    troubles = _troubles(everything, folder)
    is_all = everything.stale and len(everything.stale) == len(everything.names)
    outcome = Outcome(stale=("",) if is_all else tuple(everything.stale))
    show = cache(say) if is_dry else None  # what several readers of a mail are told is shown once
    with opened(folder) as outbox:
        seen: dict[tuple, Data] = {}
        for one in digest.recipients:
            scope = Scope(frozenset(one.plants) or None, one.names)
            zone = _zone(one, everything.zones)
            if _is_quiet(one, now, zone):
                outcome = _add(outcome, quiet=(one.name,))
                continue
            if (scope, one.about) not in seen:
                seen[scope, one.about] = _data(folder, scope, digest, now, one.about)
            for variable in one.send_to:
                for reader in sending.readers(variable):
                    to = Channel(variable, reader)
                    tell = partial(_deliver, outbox, one, to, seen[scope, one.about], troubles, digest, now, zone)
                    outcome = _add(outcome, **tell(show))
    return outcome


def told(outcome: Outcome) -> list[str]:
    """What a run did, in sentences."""
    found = [f"{outcome.sent} letter{'s' * (outcome.sent != 1)} sent."]
    found += [f"In quiet hours, told later: {', '.join(outcome.quiet)}."] if outcome.quiet else []
    found += [f"Not sent, and tried again at the next run: {one}" for one in outcome.failed]
    if outcome.stale:
        which = "The numbers" if outcome.stale == ("",) else f"The numbers of {', '.join(outcome.stale)}"
        found.append(
            f"{which} are stale, and told to nobody: run `.venv/bin/python -m etl refresh`, or see why it failed."
        )
    return found


def _add(outcome: Outcome, sent: int = 0, failed: tuple = (), quiet: tuple = ()) -> Outcome:
    return Outcome(outcome.sent + sent, outcome.failed + failed, outcome.quiet + quiet, outcome.stale)


def _deliver(
    outbox: Outbox, one: Recipient, to: Channel, data: Data, troubles: Standing, digest: Digest, now: datetime,
    zone: ZoneInfo, show: Callable[[str], None] | None,
) -> dict:  # fmt: skip
    """Sends what waits for one address of a recipient, then what is new; with `show` only says what that is. One
    that takes nothing is not tried twice in a run."""
    sent = 0
    for letter in outbox.waiting(one.name, to.name) if show is None else ():
        if (now - letter.as_of).total_seconds() >= digest.stale_after:
            outbox.dropped(letter.id, now)
            continue
        if failure := _try(outbox, letter.id, to, letter.words, now):
            return {"sent": sent, "failed": (failure,)}
        sent += 1
    told = outbox.told(one.name, to.name)
    news = _news(one, data, troubles, told, now, zone)
    if not news.told:
        return {"sent": sent}
    words = write(_letter(one, data, news, digest, now, zone, is_first=not told))
    if show is not None:
        show(f"To {one.name} ({to.variable}): {words.title}\n\n{words.plain}\n")
        return {}
    number = outbox.write(now, one.name, to.name, data.opened.version, data.opened.as_of, words.title, news.told)
    if failure := _try(outbox, number, to, words, now):
        return {"sent": sent, "failed": (failure,)}
    return {"sent": sent + 1}


def _try(outbox: Outbox, number: int, to: Channel, words: Words, now: datetime) -> str | None:
    """Why a letter could not be sent; None where it was."""
    try:
        sending.send(to.variable, words, to.reader)
    except SendError as error:
        outbox.failed(number, now, str(error), words)
        return f"to {to.reader}: {error}" if to.reader else str(error)
    outbox.sent(number, now)
    return None


def _data(folder: Path, scope: Scope, digest: Digest, now: datetime, about: Collection[str] | None = None) -> Data:
    """The numbers of a scope, with what is out of order among what is asked `about` (None: without)."""
    opened_now = warehouse.open(scope, folder)
    rows = warehouse.read(opened_now, "plant").to_pylist()
    names, zones = plants.names(rows), {row["plant"]: row["timezone"] for row in rows}
    stale = _stale(opened_now, rows, timedelta(seconds=digest.stale_after), now)
    data = Data(opened_now, names, zones, stale, None)
    if about is None or (stale and len(stale) == len(names)):
        return data
    decided = decision.decisions(folder, scope)
    kinds = [kind for kind, called in ABOUT.items() if called in about]
    standing = alert.read(opened_now, decided, decision.corrections(folder, scope), data.fresh, kinds)
    return Data(opened_now, names, zones, stale, standing)


def _stale(opened_now: Warehouse, rows: Sequence[dict], after: timedelta, now: datetime) -> dict[str, datetime]:
    """The plants whose numbers are too old to be told, and from when they are."""
    read: dict[str, datetime] = {}
    for row in warehouse.read(opened_now, "source_health").to_pylist():
        if row["last_read_at"]:
            read[row["instance"]] = max(row["last_read_at"], read.get(row["instance"], row["last_read_at"]))
    from_when = {row["plant"]: min(opened_now.as_of, read.get(row["instance"], opened_now.as_of)) for row in rows}
    return {plant: at for plant, at in from_when.items() if now - at >= after}


def _troubles(data: Data, folder: Path) -> Standing:
    """What an operator is to know of the data themselves."""
    found, fine = [], {}
    for plant, name in data.names.items():
        key = f"{DATA}:{plant}"
        if plant in data.stale:
            words = f"The numbers of {name} are of {readable.moment(data.stale[plant])} UTC: stale, and told to nobody."
            found.append(Alert(key, DATA, "stale", plant, f"Data of {name}", words, "data_health"))
        else:
            fine[key] = f"of {readable.moment(data.opened.as_of)} UTC"
    last = load.last_run(folder)
    if last and last["status"] in ("failed", "refused"):
        words = f"The refresh of {readable.moment(last['started_at'])} UTC failed: {last['message']}"
        found.append(Alert(f"{DATA}:refresh:", DATA, "failed", None, "The last refresh", words, "data_health"))
    elif last and last["status"] != "running":
        fine[f"{DATA}:refresh:"] = "published"
    return Standing(tuple(found), fine, frozenset())


def _news(
    one: Recipient, data: Data, troubles: Standing, told: Mapping[str, Told], now: datetime, zone: ZoneInfo
) -> News:
    """What a recipient does not know yet."""
    parts = [data.standing] if data.standing else []
    if one.role == OPERATOR:
        parts.append(troubles)
    began, worse, over = [], [], []
    for standing in parts:
        for found in standing.alerts:
            before = told.get(found.subject)
            if not _is_wanted(found, one):
                continue
            if before is None or before.state == OVER:
                began.append(found)
            elif RANK.get(found.state, 0) > RANK.get(before.state, 0):
                worse.append(found)
            elif found.state not in RANK and found.state != before.state:
                began.append(found)
        over += [
            (before, standing.ending(before.subject))
            for before in told.values()
            if before.state != OVER
            and _is_seen(before, data, standing is troubles)
            and standing.is_over(before.subject)
        ]
    return News(tuple(began), tuple(worse), tuple(over), *_brief(one, data, told, now, zone))


def _is_seen(before: Told, data: Data, is_trouble: bool) -> bool:
    """Whether the numbers tell of what somebody was told; those of plants that are stale do not, nor those of all."""
    return is_trouble or (before.plant not in data.stale if before.plant else not data.stale)


def _is_wanted(found: Alert, one: Recipient) -> bool:
    if found.kind == DATA:
        return found.plant is None or not one.plants or found.plant in one.plants
    if found.is_put_aside or ABOUT[found.kind] not in one.about:
        return False
    if found.kind != EXCEPTION:
        return one.role in found.audience
    return (
        EXCEPTION_SEVERITIES.index(found.severity) <= EXCEPTION_SEVERITIES.index(one.severity)
        and found.step >= STEPS.index(one.step)
        and (not one.owners or any(owner in one.owners for owner in found.owners))
    )


def _brief(
    one: Recipient, data: Data, told: Mapping[str, Told], now: datetime, zone: ZoneInfo
) -> tuple[Brief | None, str]:
    """The morning brief, once on each of its days, from its time on."""
    local = now.replace(tzinfo=UTC).astimezone(zone)
    name = f"{BRIEF}:{local:%Y-%m-%d}"
    is_due = one.brief_at is not None and local.weekday() in one.days and local.time() >= one.brief_at
    if BRIEF not in one.about or not is_due or name in told or data.standing is None:
        return None, ""
    rows = partial(_rows, data.opened)
    return brief.read(rows, catalog.load(), data.opened.as_of.date(), data.fresh), name


def _rows(opened_now: Warehouse, name: str, **asked) -> list[dict]:
    return warehouse.read(opened_now, name, **asked).to_pylist()


def _zone(one: Recipient, zones: Mapping[str, str | None]) -> ZoneInfo:
    """The time zone of a recipient: their own, that of their only plant, or UTC."""
    only = zones.get(one.plants[0]) if len(one.plants) == 1 else None
    name = one.timezone or only or "UTC"
    return ZoneInfo(name) if readable.is_zone(name) else ZoneInfo("UTC")


def _is_quiet(one: Recipient, now: datetime, zone: ZoneInfo) -> bool:
    if one.quiet is None:
        return False
    start, end = one.quiet
    at: time = now.replace(tzinfo=UTC).astimezone(zone).time()
    return start <= at < end if start <= end else at >= start or at < end


def _letter(
    one: Recipient, data: Data, news: News, digest: Digest, now: datetime, zone: ZoneInfo, is_first: bool
) -> Letter:
    link = digest.link.rstrip("/")
    address = lambda inside: f"{link}/{inside}" if link else ""  # noqa: E731
    sections = []
    said = set()
    if news.brief:
        said = {sentence.sentence for sentence in news.brief.sentences}
        sections.append(_brief_section(news.brief, address))
    for heading, found in ((GOT_WORSE, news.worse), (BEGAN, news.began)):
        for kind, called in CALLED.items():
            alerts = [each for each in sorted(found, key=_order) if each.kind == kind and each.words not in said]
            if alerts:
                more = max(len(alerts) - digest.lines, 0)
                lines = tuple(_line(each, address) for each in alerts[: digest.lines])
                sections.append(Section(f"{heading}: {called} ({len(alerts)})", lines, more, _page(kind, one, address)))
    if news.over:
        lines = tuple(Line(f"{before.about}: {ending}.", "good") for before, ending in news.over[: digest.lines])
        sections.append(Section(f"{ENDED} ({len(news.over)})", lines, max(len(news.over) - digest.lines, 0)))
    local = now.replace(tzinfo=UTC).astimezone(zone)
    notes = ["This is the first letter: what is out of order now is told once, and then what changes."] * is_first
    notes += [
        f"Left out, because the numbers are stale: {data.names[plant]} (of {readable.moment(at, zone.key)})."
        for plant, at in data.stale.items()
        if one.role != OPERATOR
    ]
    foot = f"Data as of {readable.moment(data.opened.as_of, zone.key)} ({zone.key}), version {data.opened.version}"
    return Letter(_title(data, news, one, local), tuple(sections), tuple(notes), foot, address(""))


def _brief_section(found: Brief, address: Callable[[str], str]) -> Section:
    lines = [
        Line(
            each.sentence,
            {True: "good", False: "bad", None: "warn"}[each.is_better],
            f"{each.period}, n = {readable.number(each.n)}, {brief.SURE[each.confidence]}",
            address(each.link),
        )
        for each in found.sentences
    ]
    return Section("Morning brief", (*lines, Line(found.closing)))


def _line(found: Alert, address: Callable[[str], str]) -> Line:
    mark = "good" if found.is_better else "warn" if found.is_better is None and found.kind == alert.SHIFT else "bad"
    if found.kind == EXCEPTION and not found.step:
        mark = "warn"
    return Line(found.words, mark, link=address(found.link))


def _order(found: Alert) -> tuple:
    """What got better last; exceptions by step and severity."""
    severity = EXCEPTION_SEVERITIES.index(found.severity) if found.severity else 0
    return (bool(found.is_better), -found.step, severity)


def _page(kind: str, one: Recipient, address: Callable[[str], str]) -> str:
    """Where all of a kind stand."""
    asked = [("plant", plant) for plant in one.plants]
    page = "exceptions" if kind == EXCEPTION else "data_health" if kind == DATA else "plants"
    return address(page + (f"?{urlencode(asked)}" if asked else ""))


def _title(data: Data, news: News, one: Recipient, local: datetime) -> str:
    """Plant Pulse, Lyon: morning brief of 29 Nov, 2 got worse, 3 new, 1 over."""
    where = f", {', '.join(data.names[plant] for plant in one.plants)}" if one.plants else ""
    said = [f"morning brief of {readable.day(local.date(), local.date())}"] if news.brief else []
    for words, found in (("got worse", news.worse), ("new", news.began), ("over", news.over)):
        said += [f"{len(found)} {words}"] if found else []
    return f"Plant Pulse{where}: {', '.join(said)}"
