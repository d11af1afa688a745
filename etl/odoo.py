"""The only door to Odoo: one read-only client, two ways over the wire.

JSON-2 over HTTP (Odoo 19 and later, needs an API key) where the server offers it, JSON-RPC through odoorpc
otherwise (Odoo 14 to 19). Both return the same rows. Nothing but the methods in READ_METHODS is ever called.
"""

from __future__ import annotations

import http.client
import json
import re
import urllib.error
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlsplit

import httpx
import odoorpc

READ_METHODS = frozenset({"search", "search_read", "search_count", "read", "fields_get", "context_get"})
TIMEOUT_SECONDS = 120


class OdooError(Exception):
    """Something about Odoo stops the work; the message names the cause and the remedy."""


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


class Transport(Protocol):
    """Calls a model method with named arguments and returns its JSON result."""

    name: str

    def call(self, model: str, method: str, arguments: dict[str, Any]) -> Any: ...


class Odoo:
    """A connection that can only read. Context: archived rows included, the user's companies all allowed."""

    def __init__(self, login: Login, transport: Transport, version: str):
        self.login = login
        self.transport = transport
        self.version = version
        self.major = int(re.search(r"\d+", version).group())

    def call(self, model: str, method: str, language: str | None = None, **arguments) -> Any:
        """Result of a whitelisted read method; OdooError or a subclass with a sentence otherwise."""
        if method not in READ_METHODS:
            raise OdooError(f"{model}.{method} was not called: Plant Pulse only reads.")
        if method != "context_get":
            arguments["context"] = {"active_test": False} | ({"lang": language} if language else {})
        return self.transport.call(model, method, arguments)

    def fields(self, model: str) -> dict[str, dict]:
        """Field name -> {type, store, ...} of what the user may see; ModelAbsent where there is no such model."""
        return self.call(model, "fields_get", attributes=["type", "store", "relation"])

    def search(self, model: str, domain: list, **options) -> list[int]:
        """Ids that match, ascending unless `order` says otherwise."""
        return self.call(model, "search", domain=domain, **({"order": "id"} | options))

    def count(self, model: str, domain: list) -> int:
        """How many rows match."""
        return self.call(model, "search_count", domain=domain)

    def rows(self, model: str, domain: list, fields: list[str], language: str | None = None) -> list[dict]:
        """All rows that match, by ascending id; many2one as plain ids."""
        if self.major >= 15:
            return self.call(model, "search_read", language, domain=domain, fields=fields, order="id", load=None)
        ids = self.search(model, domain)  # search_read of Odoo 14 cannot leave display names out
        return self.call(model, "read", language, ids=ids, fields=fields, load="")

    def languages(self) -> list[str]:
        """Codes of the installed languages."""
        return [row["code"] for row in self.rows("res.lang", [("active", "=", True)], ["code"])]


def connect(login: Login, transport: str | None = None) -> Odoo:
    """A checked connection; `transport` forces "json-2" or "json-rpc". OdooError says what is wrong."""
    if not re.match(r"https?://[^/]", login.url):
        raise OdooError(f"ODOO_URL {login.url!r} is no address: it begins with http:// or https://.")
    version = _web_version(login)
    offers_json2 = version is not None and int(re.search(r"\d+", version).group()) >= 19
    if transport is None:
        transport = "json-2" if offers_json2 and login.is_api_key else "json-rpc"
    if transport == "json-2":
        wire = Json2(login)
        odoo = Odoo(login, wire, version or "19.0")
    else:
        wire = JsonRpc(login)
        odoo = Odoo(login, wire, wire.version)
    odoo.call("res.users", "context_get")
    return odoo


def _web_version(login: Login) -> str | None:
    """Version as Odoo 19 and later tell it without a login; None on older ones."""
    try:
        answer = httpx.get(f"{login.url.rstrip('/')}/web/version", timeout=15)
        return answer.json()["version"] if answer.status_code == 200 else None
    except httpx.TransportError as error:
        raise _unreachable(login, error) from error
    except (ValueError, KeyError):
        return None


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
        try:
            answer = self.http.post(f"/json/2/{model}/{method}", json=arguments)
            body = answer.json()
        except httpx.TransportError as error:
            raise _unreachable(self.login, error) from error
        except ValueError as error:
            if answer.status_code == 404:
                raise _no_database(self.login) from error
            raise OdooError(
                f"Odoo at {self.login.url} answered {model}.{method} with HTTP {answer.status_code} and no JSON: "
                "look at the proxy in front of it and at the Odoo log."
            ) from error
        if answer.status_code == 200:
            return body
        message = str(body.get("message", body)) if isinstance(body, dict) else str(body)
        if answer.status_code == 401:
            raise _refused(self.login)
        if answer.status_code == 404 and f"'{model}'" in message:
            raise ModelAbsent(f"{self.login.instance} has no model {model}.")
        if answer.status_code == 403:
            raise _no_right(self.login, model, message)
        raise OdooError(f"Odoo at {self.login.url} could not answer {model}.{method}: {_first_line(message)}")


class JsonRpc:
    """JSON-RPC through odoorpc."""

    name = "json-rpc"

    def __init__(self, login: Login):
        self.login = login
        url = urlsplit(login.url)
        if url.path.strip("/"):
            raise OdooError(
                f"ODOO_URL {login.url} has a path, which JSON-RPC cannot follow: use the address of the server alone, "
                "or an API key with Odoo 19 or later."
            )
        secure = url.scheme == "https"
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
        except (OSError, http.client.HTTPException, json.JSONDecodeError) as error:
            raise _unreachable(login, error) from error

    def call(self, model: str, method: str, arguments: dict[str, Any]) -> Any:
        # By position, because versions disagree about the names: Odoo 14 calls the domain of a search "args".
        positional = [arguments.pop(name) for name in ("ids", "domain") if name in arguments]
        try:
            return self.odoo.execute_kw(model, method, positional, arguments)
        except odoorpc.error.RPCError as error:
            data = (error.info or {}).get("data") or {} if isinstance(error.info, dict) else {}
            message = str(data.get("message") or error)
            if "doesn't exist" in message and model in message:
                raise ModelAbsent(f"{self.login.instance} has no model {model}.") from error
            if str(data.get("name", "")).endswith("AccessError"):
                raise _no_right(self.login, model, message) from error
            if str(data.get("name", "")).endswith("AccessDenied"):
                raise _refused(self.login) from error
            raise OdooError(
                f"Odoo at {self.login.url} could not answer {model}.{method}: {_first_line(message)}"
            ) from error
        except (OSError, http.client.HTTPException, json.JSONDecodeError) as error:
            raise _unreachable(self.login, error) from error


def _login_error(login: Login, error: odoorpc.error.RPCError) -> OdooError:
    message = str(error)
    if "database" in message and "does not exist" in message:
        return _no_database(login)
    if "Wrong login" in message or "Access Denied" in message or "AccessDenied" in message:
        return _refused(login)
    return OdooError(f"Odoo at {login.url} did not let {login.user} in: {_first_line(message)}")


def _unreachable(login: Login, error: Exception) -> OdooError:
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        reason = f"no answer within {TIMEOUT_SECONDS} s"
    return OdooError(
        f"Odoo at {login.url} does not answer ({_first_line(str(reason)) or type(error).__name__}): "
        "check that it runs and that ODOO_URL is right."
    )


def _no_database(login: Login) -> OdooError:
    return OdooError(f"Odoo at {login.url} has no database {login.database!r}: set ODOO_DB to one it serves.")


def _refused(login: Login) -> OdooError:
    what = "API key" if login.is_api_key else "password"
    variable = login.secret_env or f"ODOO_{'API_KEY' if login.is_api_key else 'PASSWORD'}"
    return OdooError(
        f"Odoo at {login.url} refused user {login.user!r} of database {login.database!r}: "
        f"the {what} is wrong or has expired; set {variable}."
    )


def _no_right(login: Login, model: str, message: str) -> NoRight:
    return NoRight(
        f"User {login.user!r} may not read {model} on {login.instance}: give it read access "
        f"(Odoo says: {_first_line(message)})",
        allowed_for=tuple(re.findall(r"^\s*- (.+?)\s*$", message, flags=re.MULTILINE)),
    )


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "")[:300]
