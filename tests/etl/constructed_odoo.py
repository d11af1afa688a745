"""A *constructed* Odoo of version 14 to 19 on loopback: JSON-RPC as that version answers it, over rows in memory.

It stands in for versions that were not run (15 to 18). Errors, empty values, truncated seconds, display names, archived
rows and the names of arguments are those that were seen on 14 and 19, and in between as the code of the time has them.
The user is an administrator: rights are not played here.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.etl.constructed_fields import fields
from tests.etl.fake_odoo import matches

DATABASE, USER, PASSWORD, UID = "plants", "admin", "admin", 2
# Where a dotted name of a domain leads.
RELATIONS = {
    "field": "ir.model.fields",
    "field_id": "ir.model.fields",
    "location_id": "stock.location",
    "mail_message_id": "mail.message",
    "model_id": "ir.model",
    "move_id": "account.move",
    "resource_id": "resource.resource",
}
EMPTY = {"integer": 0, "float": 0.0, "monetary": 0.0, "many2many": [], "many2one_reference": 0}


class Refusal(Exception):
    """What Odoo answers instead of a result: the class of its exception and the message."""

    def __init__(self, name: str, message: str):
        super().__init__(message)
        self.name, self.message = name, message


class ConstructedOdoo:
    """Rows of one database, in the field names of `version`. A text may be {language: text}.

    more: models that are not in the table of fields, with field -> type.
    Datetimes are strings, with microseconds where Odoo stores them.
    """

    def __init__(self, version: int, rows: dict[str, list[dict]], more: dict[str, dict[str, str]] | None = None):
        self.version = version
        known = fields(version) | (more or {})
        self.fields = {model: {"id": "integer"} | names for model, names in known.items()}
        for model, listed in rows.items():
            stored = {name for name, type in self.fields[model].items() if not type.startswith("~")}
            for row in listed:
                assert row.keys() <= stored, f"{model} of Odoo {version} stores no {row.keys() - stored}"
        self.rows = {model: {row["id"]: row for row in listed} for model, listed in rows.items()}
        self.calls: Counter = Counter()

    def execute(self, model: str, method: str, args: list, kwargs: dict):
        """The result of a method; Refusal as Odoo refuses."""
        self.calls[model, method] += 1
        if model not in self.fields:
            raise Refusal("odoo.exceptions.UserError", f"Object {model} doesn't exist")
        kwargs = dict(kwargs)
        self.context = kwargs.pop("context", {})
        names, optional = self._signature(method)
        unknown = [name for name in kwargs if name not in (*names, *optional)]
        if unknown or len(args) > len(names):
            problem = f"got an unexpected keyword argument {unknown[0]!r}" if unknown else "takes fewer arguments"
            raise Refusal("builtins.TypeError", f"{method}() {problem}")
        return getattr(self, f"_{method}")(model, **dict(zip(names, args, strict=False)), **kwargs)

    def _signature(self, method: str) -> tuple[list[str], list[str]]:
        """Arguments by position and by name; the first of a search was called args up to Odoo 16."""
        domain = "domain" if self.version >= 17 or method == "search_read" else "args"
        load = ["load"] if self.version >= 15 else []
        return {
            "search": ([domain], ["offset", "limit", "order"]),
            "search_count": ([domain], []),
            "search_read": ([domain], ["fields", "offset", "limit", "order", *load]),
            "read": (["ids"], ["fields", "load"]),
            "read_group": (["domain"], ["fields", "groupby", "lazy"]),
            "formatted_read_group": (["domain"], ["groupby", "aggregates"]),
            "fields_get": ([], ["allfields", "attributes"]),
            "context_get": ([], []),
        }[method]

    def _context_get(self, model: str) -> dict:
        return {"lang": "en_US", "tz": "Europe/Brussels"} | ({"uid": UID} if self.version >= 18 else {})

    def _fields_get(self, model: str, allfields=None, attributes=None) -> dict:
        known = {name: {"type": type.lstrip("~"), "store": type[0] != "~"} for name, type in self.fields[model].items()}
        return {name: facts for name, facts in known.items() if not allfields or name in allfields}

    def _search(self, model: str, domain=None, args=None, offset=0, limit=None, order="id") -> list[int]:
        terms = args if domain is None else domain
        for term in terms:
            if isinstance(term, str):
                continue
            name = term[0].partition(".")[0]
            if name not in self.fields[model]:
                where = "condition" if self.version >= 19 else "leaf"
                raise Refusal("builtins.ValueError", f"Invalid field {model}.{name} in {where} {tuple(term)}")
        asked = {term[0] for term in terms if not isinstance(term, str)}
        if "active" in self.fields[model] and self.context.get("active_test", True) and "active" not in asked:
            terms = [*terms, ("active", "=", True)]
        found = [
            row["id"]
            for row in self.rows.get(model, {}).values()
            if matches(row, terms, lambda row, name: self._value(model, row, name))
        ]
        assert order in ("id", "id desc"), f"order {order!r} is not played here"
        return sorted(found, reverse=order == "id desc")[offset:][:limit]

    def _value(self, model: str, row: dict, path: str):
        """What a domain compares; Odoo 19 does it by the second, earlier versions by the microsecond."""
        name, _, rest = path.partition(".")
        if rest:
            other = RELATIONS[name]
            target = self.rows.get(other, {}).get(row.get(name))
            return self._value(other, target, rest) if target else False
        value = row.get(name, False)
        type = self.fields[model][name]
        return value[:19] if value and type == "datetime" and self.version >= 19 else value

    def _search_count(self, model: str, **arguments) -> int:
        return len(self._search(model, **arguments))

    def _read_group(self, model: str, domain, fields, groupby, lazy=True) -> list[dict]:
        assert not lazy and len(groupby) == 1, "only played as the ETL asks"
        [name] = groupby
        asked = {"domain" if self.version >= 17 else "args": domain}
        found = Counter(self.rows[model][id].get(name) or False for id in self._search(model, **asked))
        return [{name: key and [key, f"{name} {key}"], "__count": count} for key, count in found.items()]

    def _formatted_read_group(self, model: str, domain, groupby, aggregates) -> list[dict]:
        assert aggregates == ["__count"] and self.version >= 19
        return self._read_group(model, domain, [], groupby, lazy=False)

    def _search_read(self, model, domain, fields=None, offset=0, limit=None, order="id", load="_classic_read") -> list:
        if model == "ir.model.fields" and "store" in (fields or ()):
            return self._listed_fields(domain)
        asked = {"domain" if self.version >= 17 else "args": domain}
        return self._read(model, self._search(model, **asked, offset=offset, limit=limit, order=order), fields, load)

    def _listed_fields(self, domain: list) -> list[dict]:
        """Every field of every model; the scene's own rows are only those its documents speak of."""
        every = [
            {"model": model, "name": name, "ttype": type.lstrip("~"), "store": type[0] != "~"}
            for model, known in self.fields.items()
            for name, type in known.items()
        ]
        return [{"id": number} | row for number, row in enumerate(every, start=1) if matches(row, domain)]

    def _read(self, model: str, ids: list[int], fields=None, load="_classic_read") -> list[dict]:
        known = self.fields[model]
        for name in fields or ():
            if name not in known:
                on = "on" if self.version >= 19 else "on model"
                raise Refusal("builtins.ValueError", f"Invalid field {name!r} {on} {model!r}")
        rows = [self.rows[model][id] for id in ids if id in self.rows.get(model, {})]
        return [{"id": row["id"]} | {n: self._plain(row, n, known[n], load) for n in fields or known} for row in rows]

    def _plain(self, row: dict, name: str, type: str, load):
        value = row.get(name, EMPTY.get(type.lstrip("~"), False))
        if isinstance(value, dict):
            value = value.get(self.context.get("lang") or "en_US", value["en_US"])
        if value is False or value is None:
            return EMPTY.get(type) if type in ("integer", "float", "monetary") else False
        if type == "datetime":
            return value[:19]
        if type == "many2one" and load == "_classic_read":
            return [value, f"{name} {value}"]
        return value


@contextmanager
def served(odoo: ConstructedOdoo):
    """Serves it; gives a Served whose `odoo` may be replaced, as an upgrade does."""
    served = Served(odoo)
    thread = threading.Thread(target=served.server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield served
    finally:
        served.server.shutdown()
        served.server.server_close()
        thread.join()


class Served:
    """An Odoo behind an address."""

    def __init__(self, odoo: ConstructedOdoo):
        self.odoo = odoo
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_GET(self):
                if self.path == "/web/version" and outer.odoo.version >= 19:
                    self.answer(200, {"version": f"{outer.odoo.version}.0"})
                else:
                    self.answer(404, "<!DOCTYPE html>")

            def do_POST(self):
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                reply = {"jsonrpc": "2.0", "id": asked["id"]}
                try:
                    reply["result"] = outer.dispatch(self.path, asked["params"])
                except Refusal as refusal:
                    data = {"name": refusal.name, "message": refusal.message, "arguments": [], "context": {}}
                    reply["error"] = {"code": 200, "message": "Odoo Server Error", "data": data}
                self.answer(200, reply)

            def answer(self, status: int, body):
                text = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.lock = threading.Lock()

    @property
    def environment(self) -> dict[str, str]:
        """The variables that lead a refresh here."""
        url = f"http://127.0.0.1:{self.server.server_port}"
        return {"ODOO_URL": url, "ODOO_DB": DATABASE, "ODOO_USER": USER, "ODOO_PASSWORD": PASSWORD, "ODOO_API_KEY": ""}

    def dispatch(self, path: str, params: dict):
        version = f"{self.odoo.version}.0"
        if path == "/web/webclient/version_info":
            return {"server_version": version, "server_serie": version, "protocol_version": 1}
        service, method, args = params["service"], params["method"], params["args"]
        if service == "common":
            if args[0] != DATABASE:
                raise Refusal("psycopg2.OperationalError", f'FATAL:  database "{args[0]}" does not exist')
            return UID if method == "login" and args[1:] == [USER, PASSWORD] else False
        assert args[:3] == [DATABASE, UID, PASSWORD]
        model, called, *rest = args[3:]
        if method == "execute":
            rest = [rest, {}]
        with self.lock:
            return self.odoo.execute(model, called, rest[0], rest[1] if len(rest) > 1 else {})
