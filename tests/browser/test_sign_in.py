"""Sign-in as it is served: a real provider that hands out good and bad tokens, a proxy, addresses that are refused."""

from __future__ import annotations

import re
import time
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace

import browser_app
import httpx
import oidc_server
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from dashboard import navigation, texts

GRANTS = """
[[access.grant]]
role = "plant manager"
plants = ["Alder France/WH"]
emails = ["lyon@example.com"]

[[access.grant]]
role = "executive"
emails = ["board@example.com"]
"""
OIDC, HEADER = f'[access]\nsign_in = "oidc"\n{GRANTS}', f'[access]\nsign_in = "header"\n{GRANTS}'
MANAGER = {"email": "lyon@example.com", "email_verified": True}
PROOF = "p" * 32
WAIT = 240_000  # ms: a machine may be busy with other tests
USER = "_streamlit_user"
PLANTS = ("Lyon", "Singapore", "Tulsa", ".duckdb")


@pytest.fixture(scope="module")
def site(demo_warehouse, tmp_path_factory):
    """The dashboard, with a provider of sign-ins unless one is lacking; `says` writes what ops.toml says from then
    on."""
    folder: Path = tmp_path_factory.mktemp("sign-in")
    port, other = browser_app.free_port(), browser_app.free_port()
    url, provider, lacks = f"http://127.0.0.1:{port}", oidc_server.Provider(f"http://127.0.0.1:{other}"), None
    callback = f"{url}/oauth2callback"
    (folder / "ops.toml").write_text(OIDC)
    (folder / "secrets.toml").write_text(provider.secrets(callback))
    environment = {"OPS_CONFIG": str(folder / "ops.toml"), "OPS_PROXY_SECRET": PROOF}
    with ExitStack() as stack:
        try:
            stack.enter_context(oidc_server.running(other, callback))
        except oidc_server.NoProvider as error:
            lacks = str(error)
        flag = f"--secrets.files={folder / 'secrets.toml'}"
        stack.enter_context(browser_app.served(demo_warehouse, flag, port=port, **environment))
        yield SimpleNamespace(url=url, provider=provider, lacks=lacks, says=(folder / "ops.toml").write_text)


@pytest.fixture
def oidc(site):
    """The dashboard that asks the provider; skipped where there is none, in CI too, which need not have Node.js."""
    if site.lacks:
        pytest.skip(site.lacks)
    site.says(OIDC)
    return site


def enter(site, fault: str = "", seconds: int = 3600, **claims) -> httpx.Client:
    """Goes the way of a sign-in as a browser does, from the button of the dashboard back to it; holds the cookies."""
    site.provider.next(fault, seconds, **claims)
    key = OctKey.import_key(oidc_server.COOKIE_SECRET)
    begun = jwt.encode({"alg": "HS256"}, {"provider": "default", "exp": int(time.time()) + 600}, key)
    client = httpx.Client(follow_redirects=True, timeout=120)
    answer = client.get(f"{site.url}/auth/login", params={"provider": begun})
    assert answer.status_code == 200 and str(answer.url).startswith(site.url)
    return client


def cookies(site, client: httpx.Client) -> list[dict]:
    return [
        {"name": one.name, "value": one.value, "url": site.url} for one in client.cookies.jar if "streamlit" in one.name
    ]


def test_a_good_token_signs_in(oidc):
    assert USER in enter(oidc, **MANAGER).cookies


@pytest.mark.parametrize(
    "fault",
    [
        "another key", "changed after signing", "not signed", "signed with the client secret", "over", "another issuer",
        "another application", "another sign-in", "missing",
    ],
)  # fmt: skip
def test_a_bad_token_signs_nobody_in(oidc, fault):
    assert USER not in enter(oidc, fault, **MANAGER).cookies


def test_a_reader_comes_back_to_the_page_asked_for_sees_the_own_plant_and_signs_out(oidc, tab, browser):
    oidc.provider.next(**MANAGER)
    context = browser.new_context(viewport=browser_app.SIZES["desktop"])
    page = context.new_page()
    page.goto(f"{oidc.url}/plants?weeks=13")
    page.get_by_text(texts.SIGN_IN_TITLE).wait_for(timeout=WAIT)
    page.get_by_role("button", name=texts.SIGN_IN).click(timeout=WAIT)
    page.wait_for_url("**/plants?weeks=13", timeout=WAIT)
    page.get_by_text("KPIs by plant").wait_for(timeout=WAIT)
    text = page.locator("[data-testid=stMain]").inner_text()
    assert "Lyon" in text and "Singapore" not in text
    page.locator(".st-key-account button").first.click(timeout=WAIT)
    page.get_by_text("Plant manager").wait_for(timeout=WAIT)
    page.get_by_role("button", name=texts.SIGN_OUT).click(timeout=WAIT)
    page.get_by_role("button", name=re.compile("yes", re.I)).click(timeout=WAIT)  # the provider asks, too
    page.get_by_text(texts.SIGN_IN_TITLE).wait_for(timeout=WAIT)
    assert USER not in [one["name"] for one in context.cookies()]
    context.close()


def test_the_session_ends_with_its_token_though_the_cookie_stays(oidc, browser):
    client = enter(oidc, seconds=3, **MANAGER)
    context = browser.new_context()
    context.add_cookies(cookies(oidc, client))
    page = context.new_page()
    time.sleep(3)
    page.goto(f"{oidc.url}/plants")
    page.get_by_text(texts.SIGN_IN_ENDED_TITLE).wait_for(timeout=WAIT)
    assert USER in [one["name"] for one in context.cookies()]
    assert not [word for word in PLANTS if word in page.content()]
    context.close()


def test_a_changed_cookie_is_none(oidc, browser):
    kept = cookies(oidc, enter(oidc, **MANAGER))
    context = browser.new_context()
    context.add_cookies([one | {"value": one["value"][:-2] + "AA"} if one["name"] == USER else one for one in kept])
    page = context.new_page()
    page.goto(oidc.url)
    page.get_by_text(texts.SIGN_IN_TITLE).wait_for(timeout=WAIT)
    context.close()


def told(url: str, *pages: str, **headers: str) -> str:
    """Everything that is sent to a web socket without a browser, of the landing page and of others."""
    sent, known = [], {"": ""}
    address = f"{url.replace('http', 'ws')}/_stcore/stream"
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    with connect(
        address, subprotocols=["streamlit"], additional_headers=given, max_size=None, open_timeout=240
    ) as socket:
        for page in ("", *pages):
            asked = BackMsg()
            asked.rerun_script.page_script_hash = known[page]
            asked.rerun_script.query_string = "plant=Alder+Asia/SIN"
            socket.send(asked.SerializeToString())
            while True:
                message = ForwardMsg()
                message.ParseFromString(socket.recv(timeout=240))
                sent.append(message.SerializeToString().decode("utf-8", "replace"))
                kind = message.WhichOneof("type")
                if kind == "navigation":
                    known |= {one.url_pathname: one.page_script_hash for one in message.navigation.app_pages}
                elif kind == "script_finished":
                    break
    return "\n".join(sent)


def test_without_a_sign_in_no_page_sends_any_data(site):
    site.says(OIDC)
    pages = [re.sub(r"^\d+_", "", file.stem) for file in navigation.files()[1:]]
    sent = told(site.url, *pages)
    assert sent.count(texts.SIGN_IN_TITLE) == len(pages) + 1
    assert [word for word in PLANTS if word in sent] == []


def test_a_proxy_that_proves_itself_says_who_reads(site):
    site.says(HEADER)
    mail = {"X_Forwarded_Email": "lyon@example.com"}
    sent = told(site.url, "plants", X_Plant_Pulse_Proxy=PROOF, **mail)
    assert "Lyon" in sent and "Singapore" not in sent
    assert "Singapore" in told(site.url, "plants", X_Plant_Pulse_Proxy=PROOF, X_Forwarded_Email="board@example.com")
    for headers in (mail, mail | {"X_Plant_Pulse_Proxy": "q" * 32}, {"X_Plant_Pulse_Proxy": PROOF}):
        sent = told(site.url, "plants", **headers)
        assert texts.SIGN_IN_ENDED_TITLE in sent and not [word for word in PLANTS if word in sent]
    sent = told(site.url, X_Plant_Pulse_Proxy=PROOF, X_Forwarded_Email="eve@example.com")
    assert texts.NO_ACCESS_TITLE in sent and not [word for word in PLANTS if word in sent]


def test_the_demo_is_for_this_machine(site):
    site.says("")
    assert "Singapore" in told(site.url, "plants")
    sent = told(site.url, "plants", X_Forwarded_For="192.168.1.7")
    assert texts.NOT_SERVED_TITLE in sent and not [word for word in PLANTS if word in sent]


def test_an_open_address_is_refused_without_sign_in_and_behind_a_proxy(demo_warehouse, tmp_path):
    config = tmp_path / "ops.toml"
    config.write_text("")
    environment = {"OPS_CONFIG": str(config), "OPS_PROXY_SECRET": PROOF}
    with browser_app.served(demo_warehouse, "--server.address=0.0.0.0", **environment) as url:
        for text in ("", HEADER):
            config.write_text(text)
            sent = told(url, "plants", X_Plant_Pulse_Proxy=PROOF, X_Forwarded_Email="board@example.com")
            assert texts.NOT_SERVED_TITLE in sent and not [word for word in PLANTS if word in sent]
