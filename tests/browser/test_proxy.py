"""The proxy configurations that ship, with a real nginx, with and without TLS, in front of two processes of the
dashboard that are served under a path, each as a node with its own copy of what is published."""

from __future__ import annotations

import asyncio
import gzip
import http.client
import re
import socket
import ssl
import subprocess
import urllib.error
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page
from prometheus_client.parser import text_string_to_metric_families

from bench.load import Session
from bench.site import answering, dashboard, free_ports, nginx, proxy
from dashboard import navigation
from etl import keep
from tests.browser.browser_app import SIZES, settle
from tests.conftest import SOAK, skip_or_fail

PATH = "/pulse"
SETTINGS = {"STREAMLIT_SERVER_BASE_URL_PATH": "pulse", "STREAMLIT_SERVER_ALLOWED_HOSTS": "localhost 127.0.0.1"}


@dataclass(frozen=True)
class Site:
    """Addresses of the dashboard: through nginx, through nginx with TLS, and of its first process itself."""

    url: str
    secure: str
    plain: str
    process: str
    certificate: Path


@pytest.fixture(scope="module")
def site(demo_warehouse, tmp_path_factory):
    if not nginx():
        skip_or_fail("no nginx: install Debian's package nginx-light.")
    folder = tmp_path_factory.mktemp("tls")
    certificate, key = folder / "tls.crt", folder / "tls.key"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    make = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    subprocess.run([*make, *subject, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    texts = {"/etc/plant-pulse/tls.crt": str(certificate), "/etc/plant-pulse/tls.key": str(key)}
    http, https, redirect, *processes = free_ports(5)
    ports = {"8501": http, "8443": https, "8080": redirect, "8511": processes[0], "8512": processes[1]}
    with ExitStack() as stack:
        urls = []
        for port in processes:
            node = folder / f"node {port}"
            keep.copy(demo_warehouse, node)
            urls.append(stack.enter_context(dashboard(node, port, settings=SETTINGS, path=PATH)))
        for name in ("nginx.conf", "nginx-tls.conf"):
            stack.enter_context(proxy(name, ports, texts))
        found = Site(
            f"http://127.0.0.1:{http}{PATH}",
            f"https://localhost:{https}{PATH}",
            f"http://localhost:{redirect}",
            urls[0],
            certificate,
        )
        answering(f"{found.url}/_stcore/health")
        answering_tls(found)
        yield found


def answering_tls(found: Site) -> None:
    for _ in range(100):
        try:
            return ask(f"{found.secure}/_stcore/health", trusting(found))
        except OSError:
            pass
    raise RuntimeError("nginx with TLS did not answer")


def trusting(found: Site) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(found.certificate))


def ask(url: str, context: ssl.SSLContext | None = None, **headers: str):
    """The answer, whatever its status; redirects are not followed."""

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_):
            return None

    opener = urllib.request.build_opener(Stay, urllib.request.HTTPSHandler(context=context))
    try:
        return opener.open(urllib.request.Request(url, headers=headers), timeout=60)
    except urllib.error.HTTPError as error:
        return error


def test_readers_are_spread_over_the_processes_and_each_stays_with_one(site):
    given = Counter(ask(site.url + "/").headers["Set-Cookie"].partition(";")[0] for _ in range(40))
    assert set(given) == {"plant_pulse_process=1", "plant_pulse_process=2"}
    assert ask(site.url + "/", Cookie="plant_pulse_process=2").headers["Set-Cookie"] is None
    assert ask(site.url + "/", Cookie="plant_pulse_process=nonsense").headers["Set-Cookie"] is not None


def test_what_a_browser_loads_comes_compressed(site):
    page = ask(site.url + "/").read().decode()
    script = re.search(r'src="\./(static/js/[^"]+\.js)"', page)[1]
    answer = ask(f"{site.url}/{script}", **{"Accept-Encoding": "gzip"})
    sent = answer.read()
    assert answer.headers["Content-Encoding"] == "gzip" and len(sent) < 0.5 * len(gzip.decompress(sent))
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_session_runs_pages_through_the_proxy(site):
    async def read() -> None:
        async with Session(site.url) as session:
            await session.open()
            assert await session.open("unblock", "weeks=13") > 0

    with ThreadPoolExecutor(1) as thread:  # the browser of other tests has a loop in this one
        thread.submit(asyncio.run, read()).result()


def test_every_answer_says_what_a_browser_may_do_with_it(site):
    for path in ("/", "/unblock", "/_stcore/health", "/nowhere/at/all.js"):
        headers = ask(site.url + path).headers
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"], path
        assert "unsafe-eval" not in headers["Content-Security-Policy"]
        assert headers["X-Frame-Options"] == "DENY" and headers["Referrer-Policy"] == "same-origin", path
        assert headers["Server"] == "nginx" and headers["Strict-Transport-Security"] is None, path


def test_with_tls_cookies_are_secure_and_browsers_are_told_to_stay_with_it(site):
    found = ask(site.secure + "/", trusting(site))
    assert found.headers["Strict-Transport-Security"] == "max-age=31536000"
    cookies = ask(site.secure + "/_stcore/health", trusting(site)).headers.get_all("Set-Cookie")
    assert any(cookie.startswith("_streamlit_xsrf") for cookie in cookies), cookies
    assert all("; secure" in cookie.lower() and "samesite=lax" in cookie.lower() for cookie in cookies), cookies
    moved = ask(site.plain + "/pulse/unblock?plant=LYON")
    assert moved.status == 308 and moved.headers["Location"] == "https://localhost/pulse/unblock?plant=LYON"


def test_another_name_is_not_answered(site):
    assert ask(site.url + "/", Host="elsewhere.example.com").status == 421
    host, port = site.secure.removeprefix("https://").removesuffix(PATH).split(":")
    with socket.create_connection((host, int(port)), timeout=20) as raw, pytest.raises(ssl.SSLError):
        ssl.create_default_context().wrap_socket(raw, server_hostname="elsewhere.example.com")


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"Host": "elsewhere.example.com"}, 403), ({"Origin": "https://elsewhere.example.com"}, 403), ({}, 101)],
    ids=["another name", "another page", "its own page"],
)
def test_a_web_socket_is_for_pages_of_the_dashboard_alone(site, headers, status):
    """Asked of the process itself: what the proxy lets through is held to it, too."""
    place = site.process.removeprefix("http://").removesuffix(PATH)
    wire = http.client.HTTPConnection(place, timeout=60)
    key = {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version": "13"}
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Host": place, "Origin": f"http://{place}"}
    wire.request("GET", f"{PATH}/_stcore/stream", headers=upgrade | key | headers)
    assert wire.getresponse().status == status
    wire.close()


def test_what_monitors_ask_is_told_to_them_and_not_through_the_proxy(site):
    for path in ("/-/metrics", "/_stcore/metrics", "/_stcore/agent/openapi.json"):
        assert ask(site.url + path).status == 404, path
    assert ask(site.url + "/-/ready").status == 200
    told = ask(site.process + "/-/metrics").read().decode()
    found = {sample.name: sample for family in text_string_to_metric_families(told) for sample in family.samples}
    assert found["plant_pulse_ready"].value == 1
    assert found["plant_pulse_data_timestamp_seconds"].value > 1_700_000_000


@pytest.fixture
def page(browser):
    opened = browser.new_page(viewport=SIZES["desktop"])
    yield opened
    opened.close()


def test_pages_are_drawn_within_what_the_policy_allows(site, page: Page):
    """Under a path, through nginx: pages of each kind, or with SOAK=1 every page, then a link inside the app."""
    refused = []
    page.on("console", lambda said: refused.append(said.text) if "Content Security Policy" in said.text else None)
    every = ("", *navigation.names())
    for name in every if SOAK else ("", "process", "exceptions", "kpi", "metrics"):
        page.goto(f"{site.url}/{name}")
        settle(page)
        assert page.locator(".pp-warn", has_text="could not be").count() == 0, name
        assert refused == [], name
    page.goto(site.url + "/")
    settle(page)
    page.locator(".pp-tile").first.click()
    page.wait_for_url(re.compile(rf"{PATH}/\w+"))
    settle(page)
    assert refused == []
