"""The first look at what stands beside Odoo: can each n8n and each inbox be read, what does a gap cost, what closes it.

An n8n is asked with GET requests alone. Returns plain data; etl/report.py prints it.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from pathlib import Path
from statistics import median

from etl import inbox, landing, n8n, systems, unencrypted
from etl.check import KEY_WARNING, Gap
from etl.n8n import Client, N8nError, NoScope, NotFound
from etl.publish import kpis_of_sources
from etl.source import Source
from queries import catalog, readable, warehouse
from queries.config import Config, Inbox, N8n

MOST_PAGES = 80  # of runs, 20 000 in all: twice as many as n8n keeps, unless told otherwise
READINGS = 5  # the last ones, by which it is known how often n8n is read
MARGIN = 3  # times as long as from one reading to the next n8n is to keep its runs
SCOPES = ("workflow:list", "execution:list", "execution:read")  # what a key needs
MORE = {"user:list": "/users", "tag:list": "/tags", "variable:list": "/variables", "project:list": "/projects"}
KEEP_MORE = "let n8n keep more (EXECUTIONS_DATA_PRUNE_MAX_COUNT, EXECUTIONS_DATA_MAX_AGE)"
SHOWN = 5  # names of workflows, or reasons of lines, in one sentence


@dataclass(frozen=True)
class Place:
    """One n8n or inbox: what was found there, what is missing, and what is worth knowing."""

    kind: str  # n8n or inbox
    name: str
    where: str
    facts: list[str] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not any(gap.needed for gap in self.gaps)


def run(config: Config, folder: Path) -> list[Place]:
    """Looks at every configured n8n and inbox; `folder` is the warehouse folder."""
    kpis = kpis_of_sources(list(systems.every().values()), catalog.load())
    readings = _readings(folder)
    return [
        *(look_at_n8n(place, readings, kpis) for place in config.n8n),
        *(look_at_inbox(one, folder, kpis) for one in config.inboxes),
    ]


def _gap(what: str, remedy: str, sources: Iterable[Source], kpis: dict[str, set[str]], needed: bool = True) -> Gap:
    sources = list(sources)
    lost = sorted({kpi for source in sources for kpi in kpis[source.name]})
    return Gap(what, needed, [source.without for source in sources], lost, remedy, [])


# ---------------------------------------------------------------- n8n


def look_at_n8n(place: N8n, readings: list[datetime], kpis: dict[str, set[str]]) -> Place:
    """Asks one n8n for what a refresh asks for; `readings` are the moments of the last ones (UTC)."""
    found = Place("n8n", place.name, place.url)
    try:
        with n8n.connect(place) as http:
            _ask(Client(place, http, lambda text: None, waits=()), found, readings, kpis)
    except N8nError as error:
        what, _, remedy = str(error).rpartition(": ")
        found.gaps.append(_gap(f"{what}.", remedy.removesuffix("."), n8n.SOURCES.values(), kpis))
    return found


def _ask(client: Client, found: Place, readings: list[datetime], kpis: dict[str, set[str]]) -> None:
    """Adds to `found` what one n8n answers."""
    missing: list[str] = []

    def allowed(scope: str, ask: Callable[[], list]) -> list:
        try:
            return ask()
        except NoScope:
            missing.append(scope)
            return []

    workflows = allowed(SCOPES[0], lambda: [row for page in client.pages("/workflows") for row in page])
    runs = allowed(SCOPES[1], lambda: [row for page in islice(client.pages("/executions"), MOST_PAGES) for row in page])
    allowed(SCOPES[2], lambda: _one_run(client, runs))
    counted = n8n.counted(client)
    found.facts.append(f"n8n {counted.version or '(it does not tell its version)'} at {client.place.url}")
    if missing:
        remedy = f"make a key with the scopes {', '.join(SCOPES)} and set {client.place.api_key_env} to it"
        found.gaps.append(_gap(f"The API key lacks {' and '.join(missing)}.", remedy, n8n.SOURCES.values(), kpis))
    rows = [n8n.workflow_row(row) for row in workflows]
    active = [row for row in rows if row["active"]]
    found.facts.append(f"{len(rows)} workflow{'s' * (len(rows) != 1)}, {len(active)} of them active; {_kept(runs)}")
    _judge_pruning(found, runs, readings, n8n.now(), kpis)
    open_way = unencrypted.warning(client.place.url, "API key")
    found.notes.extend([open_way] if open_way else [])
    found.notes.extend(_rights(client))
    found.notes.extend(_expiry(client.place, n8n.now()))
    found.notes.extend(_not_kept(active))
    if counted.started is None:
        found.notes.append(
            "It counts no runs, so that it cannot be told whether all are known: set N8N_METRICS and "
            "N8N_METRICS_INCLUDE_MESSAGE_EVENT_BUS_METRICS to true."
        )
    found.notes.append(
        "Whether n8n as a whole keeps successful and failed runs, and for how long, its API does not tell: "
        "EXECUTIONS_DATA_SAVE_ON_SUCCESS and EXECUTIONS_DATA_SAVE_ON_ERROR must be all."
    )


def _one_run(client: Client, runs: list[dict]) -> list[dict]:
    """One run by its number, which takes a right of its own; without any there is nothing to find."""
    try:
        return [client.get(f"/executions/{runs[0]['id'] if runs else 1}")]
    except NotFound:
        return []


def _kept(runs: list[dict]) -> str:
    if not runs:
        return "no run is kept"
    many = "at least " if len(runs) >= MOST_PAGES * n8n.PAGE_ROWS else ""
    return f"{many}{readable.number(len(runs))} runs kept, the oldest of {readable.moment(_oldest(runs))} UTC"


def _oldest(runs: list[dict]) -> datetime:
    return min(datetime.fromisoformat(n8n.moment(row["startedAt"])) for row in runs if row["startedAt"])


def _judge_pruning(
    found: Place, runs: list[dict], readings: list[datetime], now: datetime, kpis: dict[str, set[str]]
) -> None:
    """Holds how long n8n keeps its runs against how often it is read: the alarm before runs are lost."""
    if len(readings) < 2:
        found.notes.append("How often it is read is not known before the second refresh.")
        return
    every = median(later - before for before, later in pairwise(readings))
    found.facts.append(f"read every {_length(every)}")
    ended = [row for row in runs if row["status"] not in n8n.UNDER_WAY]  # the others are never cleared away
    is_cleared = ended and min(int(row["id"]) for row in ended) > 1
    if not is_cleared or len(runs) >= MOST_PAGES * n8n.PAGE_ROWS or (kept := now - _oldest(ended)) >= MARGIN * every:
        return
    is_late = kept < every
    often = max(timedelta(minutes=1), kept / MARGIN)
    what = (
        f"n8n keeps its runs for {_length(kept)}, and they are read every {_length(every)}: "
        f"{'some are' if is_late else 'soon some are'} cleared away unread."
    )
    remedy = f"take a sample every {_length(often)} (`.venv/bin/python -m etl sample`), or {KEEP_MORE}"
    found.gaps.append(_gap(what, remedy, [n8n.EXECUTION], kpis, needed=is_late))


def _length(span: timedelta) -> str:
    return readable.duration(span.total_seconds())


def _readings(folder: Path) -> list[datetime]:
    """When other systems than Odoo were read last, by refreshes and the samples since (UTC)."""
    try:
        runs = warehouse.read(warehouse.open(warehouse=folder), "run_log").to_pylist()
    except warehouse.WarehouseMissing:
        runs = []
    published = [row["started_at"] for row in runs if row["published_at"]]
    return sorted([*published, *(as_of for _, as_of in landing.samples(folder))])[-READINGS:]


def _rights(client: Client) -> list[str]:
    """Whether the key may more than it needs, by what it says itself or else by what it may see."""
    scopes, otherwise = n8n.scopes(client), ""
    if scopes is None:
        scopes = [scope for scope, path in MORE.items() if _answers(client, path)]
        otherwise = "; where n8n gives every key all rights (2.8 does), put a proxy in front that lets only GET through"
    more = sorted(set(scopes) - set(SCOPES))
    if not more:
        return []
    named = ", ".join(more[:SHOWN]) + (f" and {len(more) - SHOWN} more" if len(more) > SHOWN else "")
    return [f"The API key may more than it needs ({named}): make one with only {', '.join(SCOPES)}{otherwise}."]


def _answers(client: Client, path: str) -> bool:
    try:
        client.get(path, limit=1)
    except N8nError:
        return False
    return True


def _expiry(place: N8n, now: datetime) -> list[str]:
    """When the key ends, which is written in it."""
    try:
        _, content, _ = os.environ[place.api_key_env].split(".")
        told = json.loads(base64.urlsafe_b64decode(content + "=" * (-len(content) % 4)))
        ends = datetime.fromtimestamp(told["exp"], UTC).replace(tzinfo=None)
    except (ValueError, KeyError, TypeError):  # it never ends, or is no such key
        return []
    urgent = ": make a new one now" if ends - now < KEY_WARNING else ""
    return [f"The API key expires on {ends:%d %b %Y}, in {(ends - now).days} days{urgent}."]


def _not_kept(active: list[dict]) -> list[str]:
    names = sorted(row["name"] for row in active if not (row["keeps_success"] and row["keeps_failure"]))
    if not names:
        return []
    shown = ", ".join(names[:SHOWN]) + (" ..." if len(names) > SHOWN else "")
    return [
        f"{len(names)} active workflows do not keep all their runs ({shown}), so that no rate of theirs is known: save "
        "successful and failed executions in their settings."
    ]


# ---------------------------------------------------------------- inboxes


def look_at_inbox(one: Inbox, folder: Path, kpis: dict[str, set[str]]) -> Place:
    """Whether an inbox is there and can be read, what waits in it, and what was rejected."""
    place = inbox.folder_of(one, folder)
    found = Place("inbox", one.name, str(place))
    try:
        waiting, rejected = len(inbox.settled(place)), inbox.rejected(place)
    except FileNotFoundError:
        if Path(one.folder).is_absolute():
            found.gaps.append(
                _unreadable(f"The folder {place} is not there.", "make it, or mend its name in ops.toml", kpis)
            )
        else:
            found.facts.append(f"{place}; the first refresh makes it")
        return found
    except (NotADirectoryError, PermissionError) as error:
        what = f"The folder {place} cannot be read ({error.strerror})."
        found.gaps.append(_unreadable(what, "name a folder that this user may read, or give it the right", kpis))
        return found
    if not os.access(place, os.W_OK | os.X_OK):
        what = f"Files cannot be moved out of the folder {place}."
        found.gaps.append(
            _unreadable(what, "let this user write there: every file would be read again each time", kpis)
        )
    found.facts.append(f"{place}: {waiting} file{'s' * (waiting != 1)} to be read")
    if rejected:
        lines = [json.loads(line) for path in rejected for line in path.read_text(encoding="utf-8").splitlines()]
        found.notes.append(
            f"{readable.number(len(lines))} rejected line{'s' * (len(lines) != 1)} in {place / 'rejected'}, the last "
            f"because {lines[-1]['reason']} (line {lines[-1]['line']} of {rejected[-1].name.rsplit('.', 2)[0]}): let "
            "the system write them anew, then delete those files."
        )
    return found


def _unreadable(what: str, remedy: str, kpis: dict[str, set[str]]) -> Gap:
    return _gap(what, remedy, inbox.SOURCES.values(), kpis)
