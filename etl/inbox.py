"""Inboxes: folders in which other systems leave logs of what their integrations did, as CSV, JSON lines or Parquet.

A line reports how a run stands: which run of which flow, and its status. The newest report of a run is how it stands
now, and none is lost by a later one. A report that is there already is not there twice, so a file may come again.
What cannot be understood is put aside in `rejected/` with its line and the reason. A file leaves the inbox, for
`done/<day>/`, once what it says is loaded, and not before.
"""

from __future__ import annotations

import csv
import hashlib
import json
import math
import os
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from itertools import count, islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from etl import landing, mask
from etl.log import event
from etl.source import Source, column
from queries.config import Config, Inbox

SETTLED_SECONDS = 10.0  # a file that was touched since may still be written
UNFINISHED = (".part", ".partial", ".filepart", ".tmp", ".temp")
PAGE_ROWS = 50_000
AHEAD = timedelta(days=1)  # of our clock: what lies further ahead did not happen
LONGEST = 300
csv.field_size_limit(10_000_000)

# What systems call a status, beside the words themselves; upper case, _ and - do not matter.
STATUSES = {
    "pending": ("new", "created", "queued", "enqueued", "accepted", "received", "scheduled", "ready", "open"),
    "waiting": ("on hold", "held", "blocked", "deferred", "delayed", "suspended", "paused"),
    "running": ("started", "in progress", "processing", "active", "executing", "sending"),
    "retrying": ("retry", "to retry", "will retry"),
    "success": ("successful", "succeeded", "ok", "done", "complete", "completed", "finished", "processed", "sent",
                "delivered", "acknowledged"),
    "failed": ("fail", "failure", "error", "errored", "rejected", "dead", "dead letter", "timeout", "timed out",
               "crash", "crashed"),
    "cancelled": ("canceled", "cancel", "aborted", "stopped", "skipped", "discarded"),
    "unknown": (),
}  # fmt: skip
STATUS = {word: status for status, words in STATUSES.items() for word in (status, *words)}
FAILURE = {"timeout": "timeout", "timed out": "timeout", "crash": "crash", "crashed": "crash"}
FAILURE_CLASSES = ("technical", "business", "timeout", "crash", "swallowed", "delivery_unknown")
TRIGGERS = ("webhook", "schedule", "queue", "event", "retry", "manual", "error_handler", "sub")
DIRECTION = {word: direction for direction, words in {
    "in": ("in", "inbound", "incoming"), "out": ("out", "outbound", "outgoing"), "internal": ("internal",),
}.items() for word in words}  # fmt: skip
TRUE, FALSE = ("true", "yes", "1"), ("false", "no", "0")

FIELDS = {
    "run_id": column("char"),
    "flow": column("char"),
    "flow_name": column("char"),
    "system": column("char"),
    "status": column("char"),
    "native_status": column("char"),
    "direction": column("char"),
    "trigger": column("char"),
    "plant": column("char"),
    "correlation_id": column("char"),
    "parent_run_id": column("char"),
    "odoo_model": column("char"),
    "odoo_res_id": column("integer"),
    "failure_class": column("char"),
    "error_code": column("char"),
    "error_text": column("text", person=True, mask="text"),
    "error_node": column("char"),
    "attempts": column("integer"),
    "max_attempts": column("integer"),
    "is_dead_letter": column("boolean"),
    "side_effects": column("boolean"),
    "record_url": column("char"),
    "created_at": column("datetime"),
    "eligible_at": column("datetime"),
    "started_at": column("datetime"),
    "ended_at": column("datetime"),
    "changed_at": column("datetime"),
    "reported_at": column("datetime", compared=False),
    "file_at": column("datetime", compared=False),
    "file": column("char", compared=False),
    "line": column("integer", compared=False),
}
OURS = ("native_status", "reported_at", "file_at", "file", "line")  # not read from a file
COLUMNS = tuple(name for name in FIELDS if name not in OURS)
SAID = (*COLUMNS, "native_status")  # what makes two reports the same one
REQUIRED = ("run_id", "flow", "status")
TIMES = ("created_at", "started_at", "ended_at", "changed_at")

SOURCES = {
    "inbox_event": Source(
        model="inbox.event",
        name="inbox_event",
        without="no inbox is there: what other systems than Odoo and n8n exchange cannot be measured",
        kind="append",
        sweep="never",
        cursor=None,
        fields=FIELDS,
    ),
    "inbox_file": Source(
        model="inbox.file",
        name="inbox_file",
        without="which files of inboxes were read, and what was rejected of them, is not known",
        kind="append",
        sweep="never",
        cursor=None,
        fields={
            "file": column("char"),
            "file_at": column("datetime"),
            "row_count": column("integer"),
            "rejected_count": column("integer"),
            "reason": column("char"),
        },
    ),
}
EVENT, FILE = SOURCES.values()
EMPTY = tuple(EVENT.columns)


class Unreadable(Exception):
    """A file of which nothing can be read; the message says why and what to do."""


@dataclass(frozen=True)
class Rejected:
    """A line that is not taken over, as it was, and why."""

    line: int
    reason: str
    row: object


@dataclass(frozen=True)
class Read:
    """What was read of a file: its name, size and time of change (ns) by then, how many rows landed, how many lines
    were rejected; `reason` where all of the file was."""

    file: str
    size: int
    changed_ns: int
    rows: int
    rejected: int
    reason: str | None = None


def folder_of(inbox: Inbox, warehouse: Path) -> Path:
    """Where an inbox is: a folder in the warehouse folder, unless ops.toml names one elsewhere."""
    return warehouse / (inbox.folder or f"inbox/{inbox.name}")


def land(con, config: Config, folder: Path, wanted, progress) -> None:
    """Lands what lies in every inbox into the run `folder`; see `etl.systems`. What an earlier try landed stays."""
    for inbox in config.inboxes if SOURCES.keys() & set(wanted) else ():
        if landing.read_done(folder, EVENT, inbox.name) is not None:
            continue
        place = folder_of(inbox, folder.parents[1])
        if not Path(inbox.folder).is_absolute():
            place.mkdir(parents=True, exist_ok=True)
        landing.drop_source(folder, EVENT, inbox.name)
        try:
            found = list(_land(place, inbox, folder, progress.say))
        except (FileNotFoundError, NotADirectoryError, PermissionError) as error:
            why = f"{error.strerror}: {error.filename}"
            problem = f"the inbox {inbox.name} cannot be read ({why}): mend the folder or its rights."
            progress.say(f"{problem[0].upper()}{problem[1:]}")
            for source in SOURCES.values():
                landing.write_done(folder, source, inbox.name, {"problem": problem})
            continue
        rows = sum(read.rows for read in found)
        progress.rows(EVENT.name, rows, rows)
        files = pa.Table.from_pylist([_file(read, inbox) for read in found], FILE.schema)
        landing.write_table(landing.page_path(folder, FILE, inbox.name, 0), files)
        landing.write_done(folder, FILE, inbox.name, _facts(FILE, len(found)))
        told = {"files": [vars(read) for read in found]}
        landing.write_done(folder, EVENT, inbox.name, _facts(EVENT, rows) | told)


def land_log(inbox: Inbox, path: Path, folder: Path, say: Callable[[str], None]) -> None:
    """Lands one file that lies in no inbox into the run `folder`, as if it were all that its system ever logged."""
    pages = (landing.page_path(folder, EVENT, inbox.name, f"{part:06d}") for part in count())
    rows, _ = _land_file(path, inbox, pages, say)
    landing.write_done(folder, EVENT, inbox.name, _facts(EVENT, rows))


def _facts(source: Source, rows: int) -> dict:
    fields = {name: name for name in source.fields}
    return {"absent": False, "refused": False, "swept": False, "fields": fields, "ids": rows}


def _file(read: Read, inbox: Inbox) -> dict:
    """A file that was read, as it is kept; read again it is the same one."""
    changed = datetime.fromtimestamp(read.changed_ns / 1e9, UTC).replace(tzinfo=None)
    row = {"instance": inbox.name, "id": _key((read.file, read.size, read.changed_ns)), "file": _name(read.file)}
    counts = {"row_count": read.rows, "rejected_count": read.rejected, "reason": read.reason}
    return row | counts | {"file_at": changed}


def _key(said: tuple) -> int:
    """A number for what is said: the same for the same."""
    return int.from_bytes(hashlib.blake2b(repr(said).encode("utf-8", "backslashreplace"), digest_size=8).digest()) >> 1


def rejected(place: Path) -> list[Path]:
    """The files of rejected lines that lie in an inbox, the oldest first; each line is a `Rejected` as JSON."""
    found = (path for path in (place / "rejected").glob("*.jsonl") if re.search(r"\.\d{8}T\d{6}Z\.jsonl$", path.name))
    return sorted(found, key=lambda path: (path.stat().st_mtime_ns, path.name))


def finish(config: Config, folder: Path) -> None:
    """Moves the files that the run `folder` has loaded out of the inboxes. One that was replaced meanwhile is still to
    be read."""
    for inbox in config.inboxes:
        facts = landing.read_done(folder, EVENT, inbox.name) or {}
        place = folder_of(inbox, folder.parents[1])
        for read in (Read(**values) for values in facts.get("files", ())):
            if _state(place / read.file) == (read.size, read.changed_ns):
                _move(place / read.file, place / ("rejected" if read.reason else f"done/{datetime.now(UTC):%Y-%m-%d}"))


def _land(place: Path, inbox: Inbox, folder: Path, say: Callable[[str], None]) -> Iterator[Read]:
    """Lands file by file, and tells what was read of each."""
    for number, path in enumerate(settled(place)):
        if (before := _state(path)) is None:
            continue
        pages = (landing.page_path(folder, EVENT, inbox.name, f"{number:06d}-{part:06d}") for part in count())
        try:
            rows, rejected = _land_file(path, inbox, pages, say)
            reason = "no line of it could be understood" if rejected and not rows else None
        except Unreadable as error:
            rows, rejected, reason = 0, [Rejected(0, str(error), None)], str(error)
        if reason or before != _state(path):
            for page in (folder / EVENT.name).glob(f"{inbox.name}.page-{number:06d}-*.parquet"):
                page.unlink()
        if before != _state(path):  # it is written once more: read the next time
            continue
        _put_aside(place, path, before[1], rejected)
        read = Read(path.name, *before, rows, len(rejected), reason)
        event("inbox", inbox=inbox.name, **vars(read) | {"file": _name(path.name)})
        told = f": {reason}" if reason else f", {len(rejected)} lines rejected" if rejected else ""
        say(f"The inbox {inbox.name}: {_name(path.name)}, {rows} rows read{told}.")
        yield read


def settled(place: Path) -> list[Path]:
    """The files of an inbox that nobody is writing any more, the oldest first."""
    now, found = time.time(), []
    for path in place.iterdir():
        hidden = path.name.startswith(".") or path.suffix.lower() in UNFINISHED
        if not hidden and path.is_file() and not path.is_symlink() and (state := _state(path)):
            _, changed_ns = state
            if abs(now - changed_ns / 1e9) >= SETTLED_SECONDS:
                found.append((changed_ns, path))
    return [path for _, path in sorted(found)]


def _state(path: Path) -> tuple[int, int] | None:
    """Size and time of change (ns) of a file; None when it is not there."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_size, found.st_mtime_ns


def _name(file: str) -> str:
    """The name of a file as it is kept and told: what is no text in it is written as its code."""
    return "".join(one if one.isprintable() else repr(one)[1:-1] for one in file)


def _fitting(name: str) -> str:
    """A name that leaves room for an ending; what is cut off is told apart by a hash."""
    cut = os.fsencode(name)
    return name if len(cut) <= 200 else f"{os.fsdecode(cut[:150])}-{hashlib.blake2b(cut, digest_size=8).hexdigest()}"


def _move(path: Path, target: Path) -> None:
    """Moves a file into a folder, beside one of the same name."""
    target.mkdir(parents=True, exist_ok=True)
    stem = _fitting(path.stem)
    names = (path.name if number == 1 else f"{stem}-{number}{path.suffix}" for number in count(1))
    path.replace(next(target / name for name in names if not (target / name).exists()))


def _put_aside(place: Path, path: Path, changed_ns: int, rejected: list[Rejected]) -> None:
    """Writes what is rejected of a file, as JSON lines; the same again when the file is read again."""
    if rejected:
        changed = datetime.fromtimestamp(changed_ns / 1e9, UTC).strftime("%Y%m%dT%H%M%SZ")
        lines = (json.dumps(vars(one), ensure_ascii=False, default=str) for one in rejected)
        (place / "rejected").mkdir(exist_ok=True)
        text = "".join(f"{line}\n" for line in lines).encode("utf-8", "backslashreplace").decode()
        landing.write_text_atomically(place / "rejected" / f"{_fitting(path.name)}.{changed}.jsonl", text)


def _land_file(
    path: Path, inbox: Inbox, pages: Iterator[Path], say: Callable[[str], None]
) -> tuple[int, list[Rejected]]:
    """Lands the rows of a file; how many, and what was rejected. Unreadable where it is no such file."""
    read = {".csv": _csv, ".jsonl": _json_lines, ".ndjson": _json_lines, ".parquet": _parquet}.get(path.suffix.lower())
    if read is None:
        raise Unreadable(f"{path.suffix or 'no ending'} is not known: call the file .csv, .jsonl or .parquet")
    file_at = datetime.fromtimestamp(path.stat().st_mtime, UTC).replace(tzinfo=None)
    latest = datetime.now(UTC).replace(tzinfo=None) + AHEAD
    rows, rejected, unknown = 0, [], set()
    found = read(path)
    while lines := list(islice(found, PAGE_ROWS)):
        reports = []
        for line, row in lines:
            if isinstance(row, Rejected):
                rejected.append(row)
                continue
            unknown.update(name for name in row if name not in COLUMNS)
            try:
                report = _report(row, inbox, latest)
            except ValueError as error:
                rejected.append(Rejected(line, str(error), row))
                continue
            times = [report[name] for name in TIMES if report[name]]
            report |= {
                "reported_at": max(times, default=file_at),
                "file_at": file_at,
                "file": _name(path.name),
                "line": line,
            }
            reports.append(report)
        if reports:
            landing.write_table(next(pages), pa.Table.from_pylist(reports, EVENT.schema))
        rows += len(reports)
    for name in sorted(unknown, key=str):
        near = get_close_matches(str(name)[:60], COLUMNS, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(COLUMNS)}."
        say(f"The inbox {inbox.name}: {_name(path.name)}: the column {_shown(name)} is not read: {hint}")
    return rows, rejected


def _csv(path: Path) -> Iterator[tuple[int, dict | Rejected]]:
    """Line and row of a CSV file with a header; separated by comma, semicolon or tab. Bytes that are no text stay what
    they are, for the row to be rejected."""
    with path.open(encoding=_encoding(path), errors="surrogateescape", newline="") as file:
        line = 0
        try:
            opening = file.readline()
            file.seek(0)
            reader = csv.reader(file, delimiter=max(",;\t", key=opening.count), strict=True)
            header = [name.strip().lower() for name in next(reader, [])]
            if opening and (missing := [name for name in REQUIRED if name not in header]):
                raise Unreadable(f"the first line has no column {', '.join(missing)}: it must name the columns")
            if twice := [name for name in COLUMNS if header.count(name) > 1]:
                raise Unreadable(f"the first line names {', '.join(twice)} more than once: keep one")
            for values in reader:
                line = reader.line_num
                if len(values) == len(header):
                    yield line, dict(zip(header, values, strict=True))
                elif values:
                    reason = f"{len(values)} values for the {len(header)} columns of the first line"
                    yield line, Rejected(line, reason, values)
        except (csv.Error, UnicodeError) as error:
            raise Unreadable(f"it is no CSV after line {line} ({error})") from error


def _json_lines(path: Path) -> Iterator[tuple[int, dict | Rejected]]:
    """Line and object of a file with one JSON object per line."""
    with path.open(encoding=_encoding(path), errors="surrogateescape") as file:
        try:
            for number, text in enumerate(file, start=1):
                if text.strip():
                    yield number, _object(number, text)
        except UnicodeError as error:
            raise Unreadable(f"it is no text ({error})") from error


def _object(number: int, text: str) -> dict | Rejected:
    shown = text.strip()[:LONGEST]
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        return Rejected(number, f"no JSON ({error})", shown)
    return found if isinstance(found, dict) else Rejected(number, "no JSON object with names and values", shown)


def _parquet(path: Path) -> Iterator[tuple[int, dict | Rejected]]:
    """Number and row of a Parquet file."""
    with path.open("rb") as file:
        try:
            batches = pq.ParquetFile(file).iter_batches(PAGE_ROWS)
            number = 0
            for batch in batches:
                for row in batch.to_pylist():
                    number += 1
                    yield number, row
        except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
            raise Unreadable(f"it is no Parquet file ({str(error).splitlines()[0]})") from error


def _encoding(path: Path) -> str:
    """UTF-8, unless a file says by its first bytes that it is UTF-16."""
    with path.open("rb") as file:
        return "utf-16" if file.read(2) in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"


def _report(row: dict, inbox: Inbox, latest: datetime) -> dict:
    """A row as it is kept; ValueError says which column holds what, and what is allowed."""
    given = {name: value for name in COLUMNS if name in row and (value := _filled(row[name])) is not None}
    for name in REQUIRED:
        if name not in given:
            raise ValueError(f"{name} is empty: every row needs {', '.join(REQUIRED)}")
    report = dict.fromkeys(EMPTY)
    for name, value in given.items():
        try:
            report[name] = PARSED.get(name, PARSED[FIELDS[name].type])(value)
        except ValueError as error:
            raise ValueError(f"{name} is {_shown(value)}: {error}") from None
    for name in TIMES:
        if report[name] and report[name] > latest:
            raise ValueError(f"{name} is {_shown(given[name])}: it lies in the future")
    report["native_status"] = _text(given["status"])
    report["failure_class"] = report["failure_class"] or FAILURE.get(_word(given["status"]))
    for name in ("system", "direction", "plant"):
        report[name] = report[name] or getattr(inbox, name) or None
    said = tuple((name, str(report[name])) for name in SAID if report[name] is not None)
    return report | {"instance": inbox.name, "id": _key(said)}


def id_of(row: dict, inbox: Inbox) -> int:
    """Under which id a good row of a log is kept."""
    return _report(row, inbox, datetime.max)["id"]


def _filled(value: object) -> object:
    """A value, None where there is none."""
    if isinstance(value, str):
        value = value.strip()
    return None if value in ("", None) or value != value else value  # a number that is none is empty, too


def _shown(value: object) -> str:
    return repr(str(value)[:60])


def _text(value: object, longest: float = LONGEST) -> str:
    if isinstance(value, bool | dict | list | bytes):
        raise ValueError("it must be text")
    text = str(value)
    if len(text) > longest:
        raise ValueError(f"at most {longest} characters")
    if text.isprintable():
        return text
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("it holds bytes that are not UTF-8: write the file in that encoding")
    return "".join(character if character.isprintable() else " " for character in text)


def _message(value: object) -> str:
    """A text of any length, without what is personal."""
    return mask.text(_text(value, math.inf))


def _code(value: object) -> str:
    return mask.text(_text(value))[:LONGEST]


def _word(value: object) -> str:
    return re.sub(r"[\s_-]+", " ", str(value)).strip().lower()


def _one_of(words: dict[str, str]) -> Callable[[object], str]:
    def chosen(value: object) -> str:
        try:
            return words[_word(value)]
        except KeyError:
            raise ValueError(f"allowed are {', '.join(words)}") from None

    return chosen


def _number(value: object) -> int:
    text = str(value).removesuffix(".0")
    if isinstance(value, bool) or not re.fullmatch(r"\d{1,15}", text, re.ASCII):
        raise ValueError("allowed are whole numbers from 0")
    return int(text)


def _truth(value: object) -> bool:
    word = _word(value)
    if word not in TRUE + FALSE:
        raise ValueError(f"allowed are {', '.join(TRUE + FALSE)}")
    return word in TRUE


def _moment(value: object) -> datetime:
    """A time in UTC without a zone; one without a zone is UTC."""
    found = value
    if isinstance(value, str):
        try:
            found = datetime.fromisoformat(value) if re.match(r"\d{4}.*[T ]\d\d", value) else None
        except ValueError:
            found = None
    if not isinstance(found, datetime):
        raise ValueError("allowed are times such as 2026-03-02T08:15:00Z or 2026-03-02T09:15:00+01:00")
    try:
        found = found.astimezone(UTC) if found.tzinfo else found
    except (OverflowError, ValueError):
        raise ValueError("there is no such time") from None
    return datetime.combine(found.date(), found.time())


def _address(value: object) -> str:
    text = _text(value, 2_000)
    if not re.match(r"https?://\S+\Z", text):
        raise ValueError("allowed are addresses that begin with https://")
    return mask.text(text) if "@" in text else text


PARSED = {
    "char": _text,
    "text": _message,
    "integer": _number,
    "boolean": _truth,
    "datetime": _moment,
    "status": _one_of(STATUS),
    "direction": _one_of(DIRECTION),
    "trigger": _one_of({_word(trigger): trigger for trigger in TRIGGERS}),
    "failure_class": _one_of({_word(name): name for name in FAILURE_CLASSES}),
    "error_code": _code,
    "record_url": _address,
}
