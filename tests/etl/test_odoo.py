"""The client's calls as each way over the wire sends them."""

from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from etl.odoo import JsonRpc, Login, Odoo, OdooError, connect

LOGIN = Login("odoo", "http://odoo.test", "plants", "admin", "secret", is_api_key=False)


class Wire:
    """Stands for odoorpc: keeps what it is asked."""

    def __init__(self):
        self.asked = []

    def execute_kw(self, model, method, args, kwargs):
        self.asked.append((model, method, args, kwargs))
        return {"search_count": 2, "read": [{"id": 1, "name": ""}], "search_read": []}.get(method, [1, 2])


@pytest.fixture
def odoo_of():
    """odoo_of(version) -> (client, wire)."""

    def make(version: str) -> tuple[Odoo, Wire]:
        transport = JsonRpc.__new__(JsonRpc)
        transport.login, transport.odoo = LOGIN, Wire()
        return Odoo(LOGIN, transport, version), transport.odoo

    return make


@pytest.mark.parametrize("version", ["14.0", "19.0", "saas~18.2"])
def test_json_rpc_passes_domains_and_ids_by_position_because_their_names_differ(version, odoo_of):
    odoo, wire = odoo_of(version)
    domain = [("state", "=", "done")]
    context = {"context": {"active_test": False}}
    odoo.search("x.y", domain, limit=5)
    odoo.count("x.y", domain)
    odoo.call("x.y", "read", ids=[1], fields=["name"])
    assert wire.asked == [
        ("x.y", "search", [domain], {"order": "id", "limit": 5} | context),
        ("x.y", "search_count", [domain], context),
        ("x.y", "read", [[1]], {"fields": ["name"]} | context),
    ]


def test_before_odoo_15_rows_are_searched_first_and_read_then(odoo_of):
    odoo, wire = odoo_of("14.0")
    odoo.rows("x.y", [], ["name"], "fr_FR")
    search, read = wire.asked
    assert search[1:3] == ("search", [[]])
    assert read[1:3] == ("read", [[1, 2]])
    assert read[3] == {"fields": ["name"], "load": "", "context": {"active_test": False, "lang": "fr_FR"}}


def test_from_odoo_15_on_rows_are_read_in_one_call_without_names_of_links(odoo_of):
    odoo, wire = odoo_of("15.0")
    odoo.rows("x.y", [], ["name"])
    [call] = wire.asked
    assert call[1] == "search_read" and call[3]["load"] is None


@pytest.fixture
def https_only():
    """The address of a server that leads every request on to https, as proxies do."""

    class Leads(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(301)
            self.send_header("Location", f"https://odoo.example.com{self.path}")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Leads)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("scheme", "sentence"),
    [
        ("http", "leads on to https: set ODOO_URL to https://odoo.example.com."),
        ("https", "does not speak https: begin ODOO_URL with http://"),
    ],
)
def test_http_and_https_are_told_apart(https_only, scheme, sentence):
    with pytest.raises(OdooError) as error:
        connect(replace(LOGIN, url=f"{scheme}://{https_only}"))
    assert sentence in str(error.value)
