"""n8n: its workflows and their runs, through its public API. Only GET requests are ever made.

n8n hides runs that are under way from its lists, keeps some not at all, clears old ones away, and changes rows without
a date. So every number up to the newest run is a row here: those that are not there are asked for one by one for an
hour and then given up, and those that are under way until they end. What a run failed of is asked for once. Of what
runs work on nothing is kept but the correlation and the record that a workflow chose to keep with them.
"""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from functools import reduce
from pathlib import Path

import httpx
import pyarrow as pa
import pyarrow.compute as pc

from etl import landing, load, unencrypted
from etl.log import event
from etl.source import Source, column
from etl.streams import ahead
from etl.table import to_table
from queries.config import Config, N8n

API = "/api/v1"
METRICS = "/metrics"  # open to all, where they are switched on
PAGE_ROWS = 250  # the most the API gives
LANDED_ROWS = 2_000  # runs to a page of landing
QUESTIONS = 2  # asked at a time: the API is answered by n8n's main process
TIMEOUT_SECONDS = 60
WAITS = (2, 6, 20)  # seconds before the second to the fourth try
CUT_OFF = "it began and did not finish"
BUSY = (429, 502, 503, 504)  # what a server or proxy in trouble says
GIVE_UP_AFTER = timedelta(hours=1)  # the number of a run may be given out long before the run is there
LOOK_BACK = 500  # numbers below the lowest listed that a first look asks for: a run that waits may be hidden there
MOST_MISSED = 10_000  # missing runs asked for one by one; n8n keeps as many, unless told otherwise
UNDER_WAY = ("new", "running", "waiting")
NODES = "n8n-nodes-base."
WORDS = 200  # characters of what a workflow keeps with a run

WORKFLOW = Source(
    name="n8n_workflow",
    model="n8n.workflow",
    without="names, owners and settings of n8n workflows are not known",
    kind="unstamped",
    cursor=None,
    fields={
        "workflow_id": column("char"),
        "name": column("char"),
        "active": column("boolean"),
        "is_archived": column("boolean"),
        "plant": column("char"),  # told by a tag, plant:LYON
        "owner": column("char", person=True),  # owner:Head of logistics
        "tags": column("char", person=True),
        "keeps_success": column("boolean"),
        "keeps_failure": column("boolean"),
        "has_wait": column("boolean"),  # a node at which a run may wait
        "keeps_words": column("boolean"),  # a node that keeps words with a run
        "error_workflow_id": column("char"),
        "timeout_seconds": column("integer"),
        "max_tries": column("integer"),  # of the node that is tried most often
        "created_at": column("datetime"),
        "updated_at": column("datetime", compared=False),
    },
)
EXECUTION = Source(
    name="n8n_execution",
    model="n8n.execution",
    without="runs of n8n workflows, their failures and delays cannot be measured",
    kind="unstamped",
    cursor=None,
    sweep="never",
    settled=("is_detailed", "is_given_up"),
    fields={
        "workflow_id": column("char"),
        "mode": column("selection"),
        "status": column("selection"),
        "retry_of_id": column("integer"),
        "parent_id": column("integer"),  # the run that called it
        "created_at": column("datetime"),
        "started_at": column("datetime"),
        "stopped_at": column("datetime"),
        "waiting_until_at": column("datetime"),
        "missed_since_at": column("datetime"),  # since when n8n does not have it
        "is_given_up": column("boolean"),  # and will not be asked for any more
        "is_detailed": column("boolean"),  # it ended, and was read once more
        "error_name": column("char"),  # of a run that succeeded: an error that a node passed on as data
        "error_code": column("char"),
        "error_text": column("text", person=True, mask="text"),
        "error_node": column("char"),
        "error_node_type": column("char"),
        "timeout_seconds": column("integer"),
        "max_tries": column("integer"),
        "correlation_id": column("char"),
        "odoo_model": column("char"),
        "odoo_id": column("integer"),
    },
)
COUNT = Source(
    name="n8n_count",
    model="n8n.count",
    without="whether every run that n8n started is known cannot be told",
    kind="unstamped",
    cursor=None,
    sweep="never",
    fields={  # one row per reading; the counter begins anew with a process, or with what that remembers after a kill
        "process_started_at": column("datetime"),
        "counted_at": column("datetime"),
        "started_count": column("integer"),
    },
)
SOURCES = {source.name: source for source in (WORKFLOW, EXECUTION, COUNT)}


class N8nError(Exception):
    """n8n could not be read; the message names the cause and the remedy."""


class NotFound(N8nError):
    """n8n has no such record."""


class NoScope(N8nError):
    """The API key does not have the right to ask that."""


class Unreadable(N8nError):
    """n8n cannot give this one record."""


@dataclass(frozen=True)
class Client:
    """One n8n, which can only be read. `say` is told of every wait, of which there are as many as further tries."""

    place: N8n
    http: httpx.Client
    say: Callable[[str], None]
    waits: tuple[int, ...]

    def get(self, path: str, **parameters) -> dict:
        """The answer to a GET request, tried again while the trouble may pass; N8nError says what is wrong."""
        for number, wait in enumerate(self.waits, start=2):
            answer, cause = self._ask(path, parameters)
            if not cause:
                return self._content(path, answer)
            if cause == CUT_OFF and "includeData" in parameters:
                break  # all the data of a run may be too much for n8n: it is not asked for twice
            self.say(f"n8n did not answer ({cause}), trying again in {wait} s ({number} of {len(self.waits) + 1}).")
            event("retry", cause=cause, wait_seconds=wait, number=number, of=len(self.waits) + 1)
            time.sleep(wait)
        else:
            answer, cause = self._ask(path, parameters)
        if cause:
            kind = Unreadable if "includeData" in parameters else N8nError
            raise kind(
                f"n8n at {self.place.url} does not answer ({cause}): check that it runs and that its address is right."
            )
        return self._content(path, answer)

    def pages(self, path: str, **parameters) -> Iterator[list[dict]]:
        """The pages of a list, the newest rows first."""
        cursor = None
        while True:
            page = self.get(path, limit=PAGE_ROWS, cursor=cursor, **parameters)
            if not isinstance(page.get("data"), list):
                raise self._no_api(path, 200)
            yield page["data"]
            cursor = page.get("nextCursor")
            if not cursor:
                return

    def _ask(self, path: str, parameters: dict) -> tuple[httpx.Response | None, str]:
        """One try: the answer, or why there is none."""
        try:
            asked = {name: value for name, value in parameters.items() if value is not None}
            answer = self.http.get(f"{API}{path}", params=asked)
        except (httpx.ReadTimeout, httpx.ReadError, httpx.RemoteProtocolError):
            return None, CUT_OFF
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return None, str(error) or type(error).__name__
        return answer, f"HTTP {answer.status_code}" if answer.status_code in BUSY else ""

    def _content(self, path: str, answer: httpx.Response) -> dict:
        where, code, is_record = f"n8n at {self.place.url}", answer.status_code, path.count("/") > 1
        try:
            content = answer.json()
        except ValueError:
            content = None
        if code == 401:
            raise N8nError(
                f"{where} refused the API key: it is wrong or has expired; set {self.place.api_key_env} to a new one."
            )
        if code == 403:
            raise NoScope(
                f"{where} does not let the API key read {path}: give it the scopes workflow:list, execution:list and "
                "execution:read."
            )
        if code == 404 and is_record and isinstance(content, dict):
            raise NotFound(f"{where} has no {path}.")
        if code >= 500 and is_record:
            raise Unreadable(f"{where} cannot give {path} (HTTP {code}).")
        if code >= 500:
            raise N8nError(f"{where} could not answer {API}{path} (HTTP {code}): look at its log.")
        if code != 200 or not isinstance(content, dict):
            raise self._no_api(path, code)
        return content

    def _no_api(self, path: str, code: int) -> N8nError:
        return N8nError(
            f"n8n at {self.place.url} answered {API}{path} with HTTP {code} and not with its public API: use the "
            "address of n8n itself, and see that its public API is not switched off."
        )


def land(con, config: Config, folder: Path, wanted, progress) -> None:
    """Lands workflows and runs of every n8n; see `etl.systems`."""
    for place in config.n8n:
        sources = [s for s in SOURCES.values() if s.name in wanted and landing.read_done(folder, s, place.name) is None]
        if not sources:
            continue
        try:
            _land_place(con, folder, place, sources, progress)
        except N8nError as error:
            progress.say(str(error))
            event("problem", instance=place.name, message=str(error))
            for source in sources:
                if landing.read_done(folder, source, place.name) is None:
                    landing.drop_source(folder, source, place.name)
                    landing.write_done(folder, source, place.name, {"problem": str(error)})


def connect(place: N8n) -> httpx.Client:
    """A connection to an n8n, with the key from the environment; N8nError where there is none."""
    key = os.environ.get(place.api_key_env)
    if not key:
        raise N8nError(f"n8n {place.name!r} has no key: set the environment variable {place.api_key_env}.")
    headers = {"X-N8N-API-KEY": key, "Accept": "application/json"}
    return httpx.Client(base_url=place.url.rstrip("/"), headers=headers, timeout=TIMEOUT_SECONDS)


def _land_place(con, folder: Path, place: N8n, sources: list[Source], progress) -> None:
    with connect(place) as http:
        client, asked_at = Client(place, http, progress.say, WAITS), now()
        progress.say(f"n8n at {place.url}.")
        if open_way := unencrypted.warning(place.url, "API key"):
            progress.say(open_way)
        workflows = {row["id"]: workflow_row(row) for page in client.pages("/workflows") for row in page}
        if COUNT in sources:
            _land_count(folder, client, asked_at)
        if WORKFLOW in sources:
            _land_workflows(con, folder, place, list(workflows.values()), asked_at)
            progress.rows(WORKFLOW.name, len(workflows), len(workflows))
        if EXECUTION in sources:
            known = load.current_rows(con, EXECUTION, place.name)
            _land_runs(folder, client, workflows, known, asked_at, progress)


@dataclass(frozen=True)
class Counted:
    """What an n8n says of itself where its metrics are switched on: its version, since when its process runs (UTC), and
    how many runs it has started since. None is not told."""

    version: str | None = None
    since: datetime | None = None
    started: int | None = None


def counted(client: Client) -> Counted:
    """What the metrics of an n8n say; nothing where they are off or out of reach."""
    try:
        answer = client.http.get(METRICS)
    except (httpx.HTTPError, httpx.InvalidURL):
        return Counted()
    text = answer.text if answer.status_code == 200 else ""
    version = re.search(r'version_info\{[^}]*\bversion="v?([^"]+)"', text)
    since = re.search(r"^\w*process_start_time_seconds (\S+)$", text, re.M)
    started = re.findall(r"^\w*workflow_started_total(?:\{[^}]*\})? (\d+)$", text, re.M)
    return Counted(
        version[1] if version else None,
        datetime.fromtimestamp(int(float(since[1])), UTC).replace(tzinfo=None) if since else None,
        sum(map(int, started)) if started else None,
    )


def scopes(client: Client) -> list[str] | None:
    """What the key may, as newer versions of n8n tell; None where they do not."""
    try:
        return client.get("/discover")["data"]["scopes"]
    except (N8nError, KeyError, TypeError):
        return None


def _land_count(folder: Path, client: Client, asked_at: datetime) -> None:
    """How many runs n8n has started, before they are read: each of these should be found."""
    found, rows = counted(client), []
    if found.since and found.started is not None:
        rows = [count_row(found.since, now(), found.started)]
    _land_rows(folder, COUNT, client.place.name, 0, rows)
    _write_done(folder, COUNT, client.place.name, len(rows), asked_at)


def count_row(process_started_at: datetime, counted_at: datetime, started_count: int) -> dict:
    """A reading of the counter (UTC), numbered by its second."""
    told = {"process_started_at": str(process_started_at), "started_count": started_count}
    return {"id": int(counted_at.replace(tzinfo=UTC).timestamp()), "counted_at": str(counted_at)} | told


def now() -> datetime:
    """This moment in UTC, without a zone."""
    return datetime.now(UTC).replace(tzinfo=None)


def _land_workflows(con, folder: Path, place: N8n, workflows: list[dict], asked_at: datetime) -> None:
    """All workflows, and which are no longer there."""
    _land_rows(folder, WORKFLOW, place.name, 0, workflows)
    there = {row["id"] for row in workflows}
    gone = [id for id in load.current_rows(con, WORKFLOW, place.name)["id"].to_pylist() if id not in there]
    if gone:
        table = pa.table({"id": pa.array(gone, pa.int64()), "reason": ["deleted"] * len(gone)})
        landing.write_table(landing.gone_path(folder, WORKFLOW, place.name), table)
    _write_done(folder, WORKFLOW, place.name, len(workflows), asked_at)


def _land_runs(
    folder: Path, client: Client, workflows: dict[str, dict], known: pa.Table, asked_at: datetime, progress
) -> None:
    """Runs that are new, under way or missing, each as it is now."""
    instance, before = client.place.name, _unsettled(known)
    listed, missing, earlier = _to_ask(client, known)
    given_up = missing[:-MOST_MISSED]
    if given_up:
        client.say(
            f"{len(missing)} runs of n8n {instance} are missing: cleared away before they were read, or not kept."
        )
    asked = sorted({*before, *listed, *missing[-MOST_MISSED:], *earlier})

    def read(id: int) -> dict:
        return _run(client, workflows, id, listed.get(id), before.get(id, {}), asked_at)

    landing.drop_source(folder, EXECUTION, instance)  # what a try that was cut off left
    rows = [{"id": id, "missed_since_at": str(asked_at), "is_given_up": True} for id in given_up]
    progress.rows(EXECUTION.name, 0, len(asked))
    for count, (_, row) in enumerate(ahead(read, asked, QUESTIONS), start=1):
        if row["id"] not in earlier or "status" in row:
            rows.append(row)
        if len(rows) >= LANDED_ROWS:
            _land_rows(folder, EXECUTION, instance, count, rows)
            rows = []
            progress.rows(EXECUTION.name, count, len(asked))
    _land_rows(folder, EXECUTION, instance, len(asked) + 1, rows)
    progress.rows(EXECUTION.name, len(asked), len(asked))
    _write_done(folder, EXECUTION, instance, len(asked), asked_at)


def _unsettled(known: pa.Table) -> dict[int, dict]:
    """The known runs that are to be asked for again, by id, as they were."""
    rows = known.filter(pc.invert(_is_settled(known))).to_pylist()
    return {row["id"]: {k: str(v) if isinstance(v, datetime) else v for k, v in row.items()} for row in rows}


def _is_settled(known: pa.Table) -> pa.ChunkedArray:
    """Whether each of the known runs has ended and was read, or is given up."""
    return reduce(pc.or_, (pc.fill_null(known[name], False) for name in EXECUTION.settled))


def _to_ask(client: Client, known: pa.Table) -> tuple[dict[int, dict], list[int], set[int]]:
    """The runs that n8n lists and that are not settled yet, by id; the numbers up to the newest of which it lists none;
    on a first look numbers below, of which it may hide some."""
    newest = pc.max(known["id"]).as_py()
    rows: dict[int, dict] = {}
    for page in client.pages("/executions"):
        rows |= {int(row["id"]): row for row in page}
        if newest is not None and page and min(rows) <= newest:
            break
    _must_be_the_same(client, known, rows)
    first = min(rows, default=1) if newest is None else newest + 1
    for status in ("running", "waiting"):  # hidden from the list
        for page in client.pages("/executions", status=status):
            rows |= {int(row["id"]): row for row in page}
    settled = known["id"].filter(_is_settled(known))
    done = set(pc.filter(settled, pc.is_in(settled, pa.array(list(rows), pa.int64()))).to_pylist())
    listed = {id: row for id, row in rows.items() if id not in done}
    missing = [id for id in range(first, max(rows, default=0)) if id not in rows]
    return listed, missing, set(range(max(1, first - LOOK_BACK), first)) - rows.keys() if newest is None else set()


def _must_be_the_same(client: Client, known: pa.Table, rows: dict[int, dict]) -> None:
    """N8nError where a run that had ended is another one now, or the newest is not known, has a lower number and is
    younger than all that are: a new n8n, or one put back to an earlier state."""
    started = {id: moment(row.get("startedAt")) for id, row in rows.items()}
    latest, newest = max(rows, default=0), pc.max(known["id"]).as_py() or 0
    again = known.filter(pc.is_in(known["id"], pa.array(list(rows), pa.int64())))
    ended = again.filter(pc.fill_null(again["is_detailed"], False))
    before = dict(zip(ended["id"].to_pylist(), ended["started_at"].to_pylist(), strict=True))
    others = [id for id, at in before.items() if at and str(at) != started[id]]
    youngest = str(pc.max(known["started_at"]).as_py() or "~")
    is_counted_anew = 0 < latest < newest and not pc.any(pc.equal(again["id"], latest)).as_py()
    is_counted_anew = is_counted_anew and (started[latest] or "") > youngest
    if others or is_counted_anew:
        raise N8nError(
            f"n8n at {client.place.url} has another run {max(others, default=latest)} than before: it is another n8n, "
            f"or was put back to an earlier state; give it another name than {client.place.name!r} in ops.toml."
        )


def _run(
    client: Client, workflows: dict[str, dict], id: int, listed: dict | None, before: dict, asked_at: datetime
) -> dict:
    """A run as it is now; one that n8n does not have is as it was, missed since it was first asked for in vain."""
    path = f"/executions/{id}"
    try:
        row = listed or client.get(path)
        workflow = workflows.get(row.get("workflowId"), {})
        if _wants_data(client.place, row, workflow):
            try:
                return run_row(client.get(path, includeData="true"), _is_strict(client.place, workflow))
            except Unreadable as error:  # too much data: what failed is not known, but that it did
                event("unreadable", instance=client.place.name, message=str(error))
        return run_row(client.get(path) if row is listed else row)
    except (NotFound, Unreadable):
        if listed and listed["status"] not in UNDER_WAY:  # cleared away since it was listed
            return run_row(listed)
        since = before.get("missed_since_at") or str(asked_at)
        given_up = asked_at - datetime.fromisoformat(since) >= GIVE_UP_AFTER
        return before | {"id": id, "missed_since_at": since, "is_given_up": given_up}


def _is_strict(place: N8n, workflow: dict) -> bool:
    return any(fnmatchcase(workflow.get("name", ""), pattern) for pattern in place.strict)


def _wants_data(place: N8n, row: dict, workflow: dict) -> bool:
    """Whether what is asked of a run is told by its data alone: it failed, was called, or keeps words."""
    if row["status"] in UNDER_WAY:
        return False
    told = workflow.get("keeps_words", True) or _is_strict(place, workflow)
    return row["status"] != "success" or row["mode"] == "integrated" or told


def run_row(row: dict, is_strict: bool = False) -> dict:
    """A run as n8n tells it, in the columns of EXECUTION; nothing of what it worked on."""
    found = {
        "id": int(row["id"]),
        "workflow_id": row.get("workflowId"),
        "mode": row.get("mode"),
        "status": row["status"],
        "retry_of_id": _number(row.get("retryOf")),
        "created_at": moment(row.get("createdAt")),
        "started_at": moment(row.get("startedAt")),
        "stopped_at": moment(row.get("stoppedAt")),
        "waiting_until_at": moment(row.get("waitTill")),
        "is_detailed": row["status"] not in UNDER_WAY,
    }
    if isinstance(row.get("data"), dict):
        found |= _words(row.get("customData") or {}) | _failure(row, is_strict)
        found["parent_id"] = _number((row["data"].get("parentExecution") or {}).get("executionId"))
    return found


def _failure(row: dict, is_strict: bool) -> dict:
    """What a run failed of, or passed on as data where its workflow is strict."""
    workflow, result = row.get("workflowData") or {}, row["data"].get("resultData") or {}
    nodes = {node["name"]: node for node in workflow.get("nodes") or ()}
    error, node = result.get("error"), result.get("lastNodeExecuted")
    if error:
        node = (error.get("node") or {}).get("name") or node
    elif is_strict and row["status"] == "success":
        error, node = next(_passed_on(nodes, result.get("runData") or {}), (None, None))
    found = {"timeout_seconds": _timeout(workflow), "max_tries": _most_tries(nodes.values())}
    if not error and row["status"] == "success":
        return found
    error = error or {}
    return found | {
        "error_name": error.get("name") or ("Error" if error else None),
        "error_code": _word(error.get("httpCode") or error.get("code") or (error.get("cause") or {}).get("code")),
        "error_text": error.get("message"),
        "error_node": node,
        "error_node_type": nodes.get(node, {}).get("type"),
    }


def _passed_on(nodes: dict[str, dict], runs: dict[str, list]) -> Iterator[tuple[dict, str]]:
    """Errors in what nodes that go on after an error passed on, each with its node."""
    for name, times in runs.items():
        node = nodes.get(name, {})
        if not (str(node.get("onError", "")).startswith("continue") or node.get("continueOnFail")):
            continue
        for time_run in times:
            for branch in (time_run.get("data") or {}).get("main") or ():
                for item in branch or ():
                    error = (item.get("json") or {}).get("error") or item.get("error")
                    if error:
                        yield error if isinstance(error, dict) else {"message": str(error)}, name


def _words(kept: dict) -> dict:
    """The correlation and the record of Odoo that a workflow keeps with a run, `odoo_ref` as "stock.picking,101"."""
    found = {}
    correlation = str(kept.get("correlation_id") or "")
    if re.fullmatch(rf"[\w.:/-]{{1,{WORDS}}}", correlation):
        found["correlation_id"] = correlation
    record = re.fullmatch(r"([a-z_][\w.]*),\s*(\d{1,18})", str(kept.get("odoo_ref") or ""))
    return found | ({"odoo_model": record[1], "odoo_id": int(record[2])} if record else {})


def workflow_row(row: dict) -> dict:
    """A workflow as n8n tells it, in the columns of WORKFLOW."""
    settings, tags = row.get("settings") or {}, [tag["name"].strip() for tag in row.get("tags") or ()]
    told = dict(tag.split(":", 1) for tag in tags if ":" in tag)
    told = {name.strip().lower(): value.strip() for name, value in told.items()}
    nodes = [node for node in row.get("nodes") or () if not node.get("disabled")]
    types = {node.get("type", "").removeprefix(NODES) for node in nodes}
    asks_people = any((node.get("parameters") or {}).get("operation") == "sendAndWait" for node in nodes)
    return {
        "id": key_of(row["id"]),
        "workflow_id": row["id"],
        "name": row["name"],
        "active": row.get("active"),
        "is_archived": row.get("isArchived"),
        "plant": told.get("plant"),
        "owner": told.get("owner"),
        "tags": ", ".join(sorted(tags)),
        "keeps_success": settings.get("saveDataSuccessExecution") != "none",
        "keeps_failure": settings.get("saveDataErrorExecution") != "none",
        "has_wait": asks_people or bool(types & {"wait", "form"}),
        "keeps_words": "executionData" in types,
        "error_workflow_id": settings.get("errorWorkflow"),
        "timeout_seconds": _timeout(row),
        "max_tries": _most_tries(nodes),
        "created_at": moment(row.get("createdAt")),
        "updated_at": moment(row.get("updatedAt")),
    }


def _timeout(workflow: dict) -> int | None:
    seconds = (workflow.get("settings") or {}).get("executionTimeout")
    return seconds if isinstance(seconds, int) and seconds > 0 else None


def _most_tries(nodes) -> int | None:
    """How often the node is tried that is tried most often; None where none is tried more than once."""
    return max((node.get("maxTries", 3) for node in nodes if node.get("retryOnFail")), default=None)


def _land_rows(folder: Path, source: Source, instance: str, number: int, rows: list[dict]) -> None:
    """Rows as a page; what a row does not tell is empty."""
    empty = dict.fromkeys(source.fields)
    table = to_table(source, {name: name for name in source.fields}, [empty | row for row in rows], instance)
    landing.write_table(landing.page_path(folder, source, instance, f"{number:09d}"), table)


def _write_done(folder: Path, source: Source, instance: str, count: int, asked_at: datetime) -> None:
    moment = asked_at.isoformat(sep=" ", timespec="seconds")
    facts = {"absent": False, "refused": False, "fields": {name: name for name in source.fields}, "ids": count}
    facts |= {"swept": True, "all_ids": True, "full": True, "asked_at": moment, "made_at": moment}
    landing.write_done(folder, source, instance, facts)


def key_of(code: str) -> int:
    """A number for an id that is a text: always the same, and in practice never that of another text."""
    return int.from_bytes(hashlib.blake2b(code.encode(), digest_size=8).digest(), "big") >> 1


def moment(text: str | None) -> str | None:
    """A moment as n8n writes it (ISO 8601), in UTC without its zone."""
    return str(datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)) if text else None


def _number(value: object) -> int | None:
    return int(value) if value not in (None, "") else None


def _word(value: object) -> str | None:
    return str(value)[:WORDS] if value else None
