"""n8n: its workflows and their runs, through its public API. Only GET requests are ever made."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx

from etl import landing
from etl.log import event
from etl.source import Source, column
from etl.table import to_table
from queries.config import Config, N8n

API = "/api/v1"
PAGE_ROWS = 250  # the most the API gives
TIMEOUT_SECONDS = 60
WAITS = (2, 6, 20)  # seconds before the second to the fourth try
BUSY = (429, 502, 503, 504)  # what a server or proxy in trouble says

WORKFLOW = Source(
    name="n8n_workflow",
    model="n8n.workflow",
    without="names, owners and settings of n8n workflows are not known",
    kind="unstamped",
    cursor=None,
    fields={
        "workflow_id": column("char"),
        "name": column("char", person=True),
        "active": column("boolean"),
        "is_archived": column("boolean"),
        "plant": column("char"),
        "owner": column("char", person=True),
        "tags": column("char"),
        "keeps_success": column("boolean"),
        "keeps_failure": column("boolean"),
        "error_workflow_code": column("char"),
        "timeout_seconds": column("integer"),
        "max_tries": column("integer"),
        "created_at": column("datetime"),
        "updated_at": column("datetime", compared=False),
    },
)
SOURCES = {source.name: source for source in (WORKFLOW,)}


class N8nError(Exception):
    """n8n could not be read; the message names the cause and the remedy."""


class NotFound(N8nError):
    """n8n has no such record."""


@dataclass(frozen=True)
class Client:
    """One n8n, which can only be read. `say` is told of every wait."""

    place: N8n
    key: str = field(repr=False)
    say: Callable[[str], None]

    def get(self, path: str, **parameters) -> dict:
        """The answer to a GET request, tried again while the trouble may pass; N8nError says what is wrong."""
        for number, wait in enumerate(WAITS, start=2):
            answer, cause = self._ask(path, parameters)
            if not cause:
                return self._content(path, answer)
            self.say(f"n8n did not answer ({cause}), trying again in {wait} s ({number} of {len(WAITS) + 1}).")
            event("retry", cause=cause, wait_seconds=wait, number=number, of=len(WAITS) + 1)
            time.sleep(wait)
        answer, cause = self._ask(path, parameters)
        if cause:
            raise N8nError(
                f"n8n at {self.place.url} does not answer ({cause}): check that it runs and that its address is right."
            )
        return self._content(path, answer)

    def all(self, path: str, **parameters) -> Iterator[dict]:
        """Every row of a list, page by page."""
        cursor = None
        while True:
            page = self.get(path, limit=PAGE_ROWS, cursor=cursor, **parameters)
            yield from page["data"]
            cursor = page.get("nextCursor")
            if not cursor:
                return

    def _ask(self, path: str, parameters: dict) -> tuple[httpx.Response | None, str]:
        """One try: the answer, or why there is none."""
        try:
            answer = httpx.get(
                f"{self.place.url.rstrip('/')}{API}{path}",
                params={name: value for name, value in parameters.items() if value is not None},
                headers={"X-N8N-API-KEY": self.key, "Accept": "application/json"},
                timeout=TIMEOUT_SECONDS,
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return None, str(error) or type(error).__name__
        return answer, f"HTTP {answer.status_code}" if answer.status_code in BUSY else ""

    def _content(self, path: str, answer: httpx.Response) -> dict:
        where, code = f"n8n at {self.place.url}", answer.status_code
        try:
            content = answer.json()
        except ValueError:
            content = None
        if code == 401:
            raise N8nError(
                f"{where} refused the API key: it is wrong or has expired; set {self.place.api_key_env} to a new one."
            )
        if code == 403:
            raise N8nError(
                f"{where} does not let the API key read {path}: give it the scopes workflow:list, execution:list and "
                "execution:read."
            )
        if code == 404 and isinstance(content, dict) and path.count("/") > 1:
            raise NotFound(f"{where} has no {path}.")
        if code != 200 or not isinstance(content, dict):
            raise N8nError(
                f"{where} answered {API}{path} with HTTP {code} and not with its public API: use the address of n8n "
                "itself, without a path behind it, and see that the public API is not switched off."
            )
        return content


def land(con, config: Config, folder: Path, wanted, progress) -> None:
    """Lands the workflows of every n8n; see `etl.systems`."""
    for place in config.n8n:
        sources = [s for s in SOURCES.values() if s.name in wanted and landing.read_done(folder, s, place.name) is None]
        try:
            if WORKFLOW in sources:
                _land_workflows(con, folder, _client(place, progress.say), progress)
        except N8nError as error:
            progress.say(str(error))
            event("problem", instance=place.name, message=str(error))
            for source in sources:
                if landing.read_done(folder, source, place.name) is None:
                    landing.write_done(folder, source, place.name, {"problem": str(error)})


def _client(place: N8n, say: Callable[[str], None]) -> Client:
    key = os.environ.get(place.api_key_env)
    if not key:
        raise N8nError(f"n8n {place.name!r} has no key: set the environment variable {place.api_key_env}.")
    return Client(place, key, say)


def _land_workflows(con, folder: Path, client: Client, progress) -> None:
    asked_at = datetime.now(UTC).replace(tzinfo=None)
    rows = [_workflow(row) for row in client.all("/workflows")]
    _land_rows(folder, WORKFLOW, client.place.name, rows)
    progress.rows(WORKFLOW.name, len(rows), len(rows))
    landing.write_done(folder, WORKFLOW, client.place.name, _facts(WORKFLOW, len(rows), asked_at))


def _land_rows(folder: Path, source: Source, instance: str, rows: list[dict]) -> None:
    """Rows as a page, empty fields filled in."""
    empty = dict.fromkeys(source.fields, False)
    table = to_table(source, {name: name for name in source.fields}, [empty | row for row in rows], instance)
    landing.write_table(landing.page_path(folder, source, instance, "000000"), table)


def _facts(source: Source, count: int, asked_at: datetime) -> dict:
    moment = asked_at.isoformat(sep=" ", timespec="seconds")
    return {
        "absent": False,
        "refused": False,
        "fields": {name: name for name in source.fields},
        "ids": count,
        "swept": True,
        "all_ids": True,
        "full": True,
        "asked_at": moment,
        "made_at": moment,
    }


def _workflow(row: dict) -> dict:
    """A workflow as n8n tells it, in the columns of WORKFLOW. Owner and plant are told by tags, `plant:LYON`."""
    settings = row.get("settings") or {}
    tags = [tag["name"].strip() for tag in row.get("tags") or ()]
    told = dict(part.split(":", 1) for part in tags if ":" in part)
    told = {name.strip().lower(): value.strip() for name, value in told.items()}
    tries = [n.get("maxTries", 3) for n in row.get("nodes") or () if n.get("retryOnFail") and not n.get("disabled")]
    timeout = settings.get("executionTimeout")
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
        "error_workflow_code": settings.get("errorWorkflow"),
        "timeout_seconds": timeout if timeout and timeout > 0 else None,
        "max_tries": max(tries, default=None),
        "created_at": moment(row.get("createdAt")),
        "updated_at": moment(row.get("updatedAt")),
    }


def key_of(code: str) -> int:
    """A number for an id that is a text: the same for the same text, and never two for as many as there will be."""
    return int.from_bytes(hashlib.blake2b(code.encode(), digest_size=8).digest(), "big") >> 1


def moment(text: str | None) -> str | None:
    """A moment as n8n writes it (ISO 8601, UTC), without its zone."""
    if not text:
        return None
    return datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ")
