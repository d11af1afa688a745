"""The only door to Odoo: one read-only client, two ways over the wire.

JSON-2 over HTTP (Odoo 19 and later, needs an API key) where the server offers it, JSON-RPC through odoorpc
otherwise (Odoo 14 to 19). Both return the same rows. Nothing but the methods in READ_METHODS is ever called.

Every trouble on the way is one of three: `OdooError`, which waiting does not cure; `Transient`, which is tried again
here; `TooBig`, which the caller cures by asking for fewer rows at once.
"""

from __future__ import annotations

import http.client
import re
import time
import urllib.error
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

import httpx
import odoorpc

from etl.log import event

READ_METHODS = frozenset(
    {"search", "search_read", "search_count", "read", "read_group", "formatted_read_group", "fields_get", "context_get"}
)
TIMEOUT_SECONDS = 120
WAITS = (4, 12, 34, 70)  # seconds before the second to the fifth try: two minutes in all
SLOW_SECONDS = 10  # a 502 that took this long is a worker that was stopped, not a server that is down
# What a database or a worker in trouble says; the end of the class name in Odoo's answer.
SERVER_TOO_BIG = ("MemoryError", "QueryCanceled", "QueryCanceledError")
SERVER_TRANSIENT = (
    *("OperationalError", "InterfaceError", "PoolError", "AdminShutdown", "CrashShutdown", "CannotConnectNow"),
    *("SerializationFailure", "DeadlockDetected", "LockNotAvailable", "ConcurrencyError", "TooManyConnections"),
)
KEY_PLACE = "Odoo makes a key under My Preferences > Security > Add API Key."
HOPELESS = r"Name or service not known|nodename nor servname|No address associated|\[SSL"

Say = Callable[[str], None]
Answer = TypeVar("Answer")


class OdooError(Exception):
    """Something about Odoo stops the work; the message names the cause and the remedy."""


class Transient(OdooError):
    """There was no proper answer, but the same question may get one in a moment. `cause` is the reason in short."""

    def __init__(self, sentence: str, cause: str):
        super().__init__(sentence)
        self.cause = cause


class TooBig(Transient):
    """The answer was cut off, as when a worker reaches its limits: fewer rows at once may pass."""


class ModelAbsent(OdooError):
    """The database does not have this model: its module is not installed."""


class NoRight(OdooError):
    """The user may not read this. `allowed_for`: the groups that may, as far as Odoo names them."""

    def __init__(self, sentence: str, allowed_for: tuple[str, ...] = ()):
        super().__init__(sentence)
        self.allowed_for = allowed_for


@dataclass(frozen=True)
class Login:
    """Where an Odoo is and who reads it. `secret` is an API key or a password, `secret_env` the variable it is from."""

    instance: str
    url: str
    database: str
    user: str
    secret: str = field(repr=False)
    is_api_key: bool
    secret_env: str = ""
    streams: int = 1  # questions asked at a time
    pg_dsn: str = field(default="", repr=False)  # its PostgreSQL, where that may be read
    pg_dsn_env: str = ""


class Transport(Protocol):
    """Calls a model method with named arguments and returns its JSON result."""

    name: str

    def call(self, model: str, method: str, arguments: dict[str, Any]) -> Any: ...


class Odoo:
    """A connection that can only read. Context: archived rows included, the user's companies all allowed.

    `say` is told of every wait, and without it nothing is waited for. `clock_ahead` is how far the server's clock is
    ahead of this machine's.
    """

    def __init__(
        self,
        login: Login,
        transport: Transport,
        version: str,
        say: Say | None = None,
        ahead: timedelta = timedelta(),
    ):
        self.login = login
        self.transport = transport
        self.version = version
        self.major = int(re.search(r"\d+", version).group())
        self.say = say
        self.clock_ahead = ahead

    def call(self, model: str, method: str, language: str | None = None, **arguments) -> Any:
        """Result of a whitelisted read method, tried again while the trouble may pass; OdooError says what is wrong."""
        return patiently(lambda: self._ask(model, method, language, **arguments), self.say)

    def _ask(self, model: str, method: str, language: str | None = None, **arguments) -> Any:
        """One try."""
        if method not in READ_METHODS:
            raise OdooError(f"{model}.{method} was not called: Plant Pulse only reads.")
        if method != "context_get":
            arguments["context"] = {"active_test": False} | ({"lang": language} if language else {})
        answer = self.transport.call(model, method, dict(arguments))
        if not _is_answer(method, arguments, answer):
            raise _not_asked_for(self.login, f"{model}.{method}")
        return answer

    def again(self) -> Odoo:
        """A further connection of the same kind, for another thread."""
        transport = patiently(lambda: type(self.transport)(self.login), self.say)
        return Odoo(self.login, transport, self.version, self.say, self.clock_ahead)

    def now(self) -> datetime:
        """Now by the server's clock, UTC without a zone."""
        return datetime.now(UTC).replace(tzinfo=None) + self.clock_ahead

    def fields(self, model: str, names: Iterable[str] = ()) -> dict[str, dict]:
        """Field name -> {type, store, ...} of what the user may see, of `names` alone where some are given: each field
        takes Odoo time. ModelAbsent where there is no such model."""
        only = {"allfields": sorted(names)} if names else {}
        return self.call(model, "fields_get", attributes=["type", "store", "relation"], **only)

    def search(self, model: str, domain: list, **options) -> list[int]:
        """Ids that match, ascending unless `order` says otherwise."""
        return self.call(model, "search", domain=domain, **({"order": "id"} | options))

    def count(self, model: str, domain: list) -> int:
        """How many rows match."""
        return self.call(model, "search_count", domain=domain)

    def count_by(self, model: str, domain: list, field: str) -> dict[int | None, int]:
        """How many rows match, by the id a many2one field holds, None where it is empty; nothing where none match."""
        if self.major >= 19:
            groups = self.call(model, "formatted_read_group", domain=domain, groupby=[field], aggregates=["__count"])
        else:
            groups = self.call(model, "read_group", domain=domain, fields=[field], groupby=[field], lazy=False)
        return {group[field][0] if group[field] else None: group["__count"] for group in groups}

    def rows(
        self, model: str, domain: list, fields: list[str], language: str | None = None, newest: int | None = None
    ) -> list[dict]:
        """All rows that match, by ascending id, or so many of the newest, by descending id; many2one as plain ids."""
        return patiently(lambda: self._rows(model, domain, fields, language, newest), self.say)

    def _rows(
        self, model: str, domain: list, fields: list[str], language: str | None, newest: int | None = None
    ) -> list[dict]:
        which = {"order": "id desc", "limit": newest} if newest else {"order": "id"}
        if self.major >= 15:
            return self._ask(model, "search_read", language, domain=domain, fields=fields, load=None, **which)
        # search_read of Odoo 14 cannot leave display names out
        ids = self._ask(model, "search", domain=domain, **which)
        return self._ask(model, "read", language, ids=ids, fields=fields, load="")

    def page(self, model: str, ids: list[int], fields: list[str], language: str | None = None) -> list[dict]:
        """The rows of these ids that are still there. TooBig at once when fewer of them may pass."""

        def once() -> list[dict]:
            rows = self._rows(model, [("id", "in", ids)], fields, language)
            left_out = set(ids).difference(row["id"] for row in rows)
            if len(rows) + len(left_out) != len(ids) or (
                left_out and self._ask(model, "search", domain=[("id", "in", sorted(left_out))], order="id")
            ):
                raise _not_asked_for(self.login, f"{model}.search_read")
            return rows

        return patiently(once, self.say, at_once=TooBig if len(ids) > 1 else ())

    def languages(self) -> list[str]:
        """Codes of the installed languages."""
        return [row["code"] for row in self.rows("res.lang", [("active", "=", True)], ["code"])]


def patiently(call: Callable[[], Answer], say: Say | None, at_once=()) -> Answer:
    """The result of `call`, tried again after a wait while its trouble is Transient; `at_once` is not waited for."""
    if say is None:
        return call()
    for number, wait in enumerate(WAITS, start=2):
        try:
            return call()
        except at_once:
            raise
        except Transient as error:
            say(f"Odoo did not answer ({error.cause}), trying again in {wait} s ({number} of {len(WAITS) + 1}).")
            event("retry", cause=error.cause, wait_seconds=wait, number=number, of=len(WAITS) + 1)
            time.sleep(wait)
    return call()


def _is_answer(method: str, arguments: dict[str, Any], answer: Any) -> bool:
    """Whether this is what the method returns: a proxy or a sign-in page may have answered in Odoo's place."""
    if method == "search":
        return isinstance(answer, list) and all(type(item) is int for item in answer)
    if method == "search_count":
        return type(answer) is int
    if method in ("read", "search_read"):
        names = {"id", *arguments.get("fields", ())}
        return isinstance(answer, list) and all(isinstance(row, dict) and names <= row.keys() for row in answer)
    if method in ("read_group", "formatted_read_group"):
        names = {"__count", *arguments["groupby"]}
        return isinstance(answer, list) and all(isinstance(group, dict) and names <= group.keys() for group in answer)
    return isinstance(answer, dict)


def connect(login: Login, transport: str | None = None, say: Say | None = None) -> Odoo:
    """A checked connection; `transport` forces "json-2" or "json-rpc". OdooError says what is wrong.

    With `say`, troubles that may pass are waited for, now and later, and each wait is told.
    """
    if not re.match(r"https?://[^/]", login.url):
        raise OdooError(f"ODOO_URL {login.url!r} is no address: it begins with http:// or https://.")
    version, ahead = patiently(lambda: _greeting(login), say)
    offers_json2 = version is not None and int(re.search(r"\d+", version).group()) >= 19
    if transport is None:
        transport = "json-2" if offers_json2 and login.is_api_key else "json-rpc"
    if transport == "json-2":
        odoo = Odoo(login, Json2(login), version or "19.0", say, ahead)
    else:
        wire = patiently(lambda: JsonRpc(login), say)
        odoo = Odoo(login, wire, wire.version, say, ahead)
    odoo.call("res.users", "context_get")
    return odoo


def _greeting(login: Login) -> tuple[str | None, timedelta]:
    """Version as Odoo 19 and later tell it without a login (None on older ones), and how far its clock is ahead."""
    try:
        answer = httpx.get(f"{login.url.rstrip('/')}/web/version", timeout=min(15, TIMEOUT_SECONDS))
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise _unreachable(login, error) from error
    if answer.status_code in (429, 502, 503, 504):
        raise _no_json(login, "/web/version", answer.status_code, 0)
    target = answer.headers.get("Location", "")
    if login.url.startswith("http:") and target.startswith("https:"):
        raise OdooError(f"Odoo at {login.url} leads on to https: set ODOO_URL to https://{urlsplit(target).netloc}.")
    try:
        ahead = parsedate_to_datetime(answer.headers["Date"]) - datetime.now(UTC)
    except (KeyError, ValueError, TypeError):
        ahead = timedelta()
    try:
        version = str(answer.json()["version"]) if answer.status_code == 200 else ""
    except (ValueError, KeyError, TypeError):
        version = ""
    return version if re.search(r"\d", version) else None, ahead


class Json2:
    """JSON-2: POST /json/2/<model>/<method> with a bearer API key."""

    name = "json-2"

    def __init__(self, login: Login):
        self.login = login
        self.http = httpx.Client(
            base_url=login.url.rstrip("/"),
            timeout=TIMEOUT_SECONDS,
            headers={"Authorization": f"bearer {login.secret}", "X-Odoo-Database": login.database},
        )

    def call(self, model: str, method: str, arguments: dict[str, Any]) -> Any:
        started = time.monotonic()
        try:
            answer = self.http.post(f"/json/2/{model}/{method}", json=arguments)
        except httpx.HTTPError as error:
            raise _unreachable(self.login, error) from error
        try:
            body = answer.json()
        except ValueError as error:
            if answer.status_code == 404:
                raise _no_database(self.login) from error
            seconds = time.monotonic() - started
            raise _no_json(self.login, f"{model}.{method}", answer.status_code, seconds) from error
        if answer.status_code == 200:
            return body
        if answer.status_code in (429, 502, 503, 504):
            raise _no_json(self.login, f"{model}.{method}", answer.status_code, time.monotonic() - started)
        if answer.status_code == 401:
            raise _refused(self.login)
        facts = body if isinstance(body, dict) else {}
        message = str(facts.get("message", body))
        if answer.status_code == 404 and f"'{model}'" in message:
            raise ModelAbsent(f"{self.login.instance} has no model {model}.")
        if answer.status_code == 403:
            raise _no_right(self.login, model, message)
        raise _server_error(self.login, f"{model}.{method}", str(facts.get("name", "")), message)


class JsonRpc:
    """JSON-RPC through odoorpc."""

    name = "json-rpc"

    def __init__(self, login: Login):
        self.login = login
        url = urlsplit(login.url)
        if url.path.strip("/"):
            raise OdooError(
                f"ODOO_URL {login.url} has a path, which JSON-RPC cannot follow: set it to the address of the server "
                f"alone, {url.scheme}://{url.netloc}, or use an API key with Odoo 19 or later."
            )
        secure = url.scheme == "https"
        started = time.monotonic()
        try:
            self.odoo = odoorpc.ODOO(
                url.hostname,
                protocol="jsonrpc+ssl" if secure else "jsonrpc",
                port=url.port or (443 if secure else 80),
                timeout=TIMEOUT_SECONDS,
            )
            self.version = self.odoo.version
            self.odoo.login(login.database, login.user, login.secret)
        except odoorpc.error.RPCError as error:
            raise _login_error(login, error) from error
        except Exception as error:
            raise self._trouble("the login", error, started) from error

    def call(self, model: str, method: str, arguments: dict[str, Any]) -> Any:
        # By position, because versions disagree about the names: Odoo 14 calls the domain of a search "args".
        positional = [arguments.pop(name) for name in ("ids", "domain") if name in arguments]
        started = time.monotonic()
        try:
            return self.odoo.execute_kw(model, method, positional, arguments)
        except odoorpc.error.RPCError as error:
            data = (error.info or {}).get("data") or {} if isinstance(error.info, dict) else {}
            name, message = str(data.get("name", "")), str(data.get("message") or error)
            if "doesn't exist" in message and model in message:
                raise ModelAbsent(f"{self.login.instance} has no model {model}.") from error
            if name.endswith("AccessError"):
                raise _no_right(self.login, model, message) from error
            if name.endswith("AccessDenied"):
                raise _refused(self.login) from error
            raise _server_error(self.login, f"{model}.{method}", name, message) from error
        except Exception as error:
            raise self._trouble(f"{model}.{method}", error, started) from error

    def _trouble(self, what: str, error: Exception, started: float) -> OdooError:
        """odoorpc lets the errors of the libraries below it through, and stumbles over an answer of another shape."""
        if isinstance(error, urllib.error.HTTPError):
            return _no_json(self.login, what, error.code, time.monotonic() - started)
        if isinstance(error, OSError | http.client.HTTPException):
            return _unreachable(self.login, error)
        if isinstance(error, ValueError):
            return _no_json(self.login, what, 200, time.monotonic() - started)
        return _not_asked_for(self.login, what)


def _login_error(login: Login, error: odoorpc.error.RPCError) -> OdooError:
    message = str(error)
    if "database" in message and "does not exist" in message:
        return _no_database(login)
    if "Wrong login" in message or "Access Denied" in message or "AccessDenied" in message:
        return _refused(login)
    return OdooError(f"Odoo at {login.url} did not let {login.user} in: {_first_line(login, message)}")


def _unreachable(login: Login, error: Exception) -> OdooError:
    """A connection that failed, broke or fell silent."""
    wrapped = isinstance(error, urllib.error.URLError)
    inner = error.reason if wrapped else error
    cause = _first_line(login, str(inner)) or type(inner).__name__
    remedy = "check that it runs and that ODOO_URL is right"
    if isinstance(inner, httpx.ReadTimeout) or (isinstance(inner, TimeoutError) and not wrapped):
        cause, kind = f"no answer within {TIMEOUT_SECONDS} s", TooBig
    elif isinstance(inner, http.client.RemoteDisconnected) or "disconnected without sending a response" in cause:
        cause, kind = "it closed the connection without an answer", TooBig
    elif isinstance(inner, http.client.IncompleteRead) or "without sending complete message" in cause:
        cause, kind = "the answer was cut off", TooBig
    elif "WRONG_VERSION_NUMBER" in cause:
        return OdooError(
            f"Odoo at {login.url} does not speak https: begin ODOO_URL with http://, or ask for its address."
        )
    elif isinstance(inner, httpx.InvalidURL | httpx.UnsupportedProtocol) or re.search(HOPELESS, cause):
        return OdooError(f"Odoo at {login.url} does not answer ({cause}): {remedy}.")
    else:
        kind = Transient
        if isinstance(inner, TimeoutError | httpx.TimeoutException):
            cause = "no connection within the time allowed"
    return kind(f"Odoo at {login.url} does not answer ({cause}): {remedy}.", cause)


def _no_json(login: Login, what: str, status: int, seconds: float) -> OdooError:
    """An answer that is no JSON: a proxy's page, or half an answer."""
    sentence = (
        f"Odoo at {login.url} answered {what} with HTTP {status} and no JSON: "
        "look at the proxy in front of it and at the Odoo log."
    )
    cause = f"HTTP {status} and no JSON"
    if status in (413, 504) or (status == 502 and seconds > SLOW_SECONDS):
        return TooBig(sentence, cause)
    if status in (200, 408, 425, 429, 500, 502, 503):
        return Transient(sentence, cause)
    if status == 401:
        return _refused(login)
    return OdooError(sentence)


def _not_asked_for(login: Login, what: str) -> Transient:
    return Transient(
        f"Odoo at {login.url} answered {what} with something that was not asked for: "
        "look at the proxy in front of it, and whether ODOO_URL is the address of Odoo.",
        "the answer was not what was asked for",
    )


def _server_error(login: Login, what: str, name: str, message: str) -> OdooError:
    """An error Odoo itself reports; `name` is its class."""
    sentence = f"Odoo at {login.url} could not answer {what}: {_first_line(login, message) or name}"
    if name.endswith(SERVER_TOO_BIG):
        return TooBig(sentence, name.rpartition(".")[2])
    if name.endswith(SERVER_TRANSIENT):
        return Transient(sentence, name.rpartition(".")[2])
    return OdooError(sentence)


def _no_database(login: Login) -> OdooError:
    return OdooError(
        f"Odoo at {login.url} has no database {login.database!r}: set ODOO_DB to one it serves. In developer mode Odoo "
        "shows the name of the database below that of the user."
    )


def _refused(login: Login) -> OdooError:
    what = "API key" if login.is_api_key else "user or the password"
    variable = login.secret_env or f"ODOO_{'API_KEY' if login.is_api_key else 'PASSWORD'}"
    return OdooError(
        f"Odoo at {login.url} refused user {login.user!r} of database {login.database!r}: "
        f"the {what} is wrong or has expired; set {variable}.{f' {KEY_PLACE}' if login.is_api_key else ''}"
    )


def _no_right(login: Login, model: str, message: str) -> NoRight:
    return NoRight(
        f"User {login.user!r} may not read {model} on {login.instance}: give it read access "
        f"(Odoo says: {_first_line(login, message)})",
        allowed_for=tuple(re.findall(r"^\s*- (.+?)\s*$", message, flags=re.MULTILINE)),
    )


def _first_line(login: Login, text: str) -> str:
    """The first line of what a server said, without the secret should it repeat it."""
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")[:300]
    return line.replace(login.secret, "***") if len(login.secret) > 7 else line
