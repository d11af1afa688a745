"""Who may see what: readers one after the other in one process, on every page, by every kind of link, in every file."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from html import unescape
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from dashboard import data, download, navigation, sign_in, texts
from dashboard.filters import Filters
from queries import decision, readable, warehouse
from queries.access import SignInRefused

APP = Path(__file__).parents[2] / "dashboard" / "app.py"
PAGES = {re.sub(r"^\d+_", "", file.stem): file for file in navigation.files()}
LYON, SINGAPORE = "Alder France/WH", "Alder Asia/SIN"
CLIENT = "plant-pulse"
AUTH = {
    "redirect_uri": "http://127.0.0.1:8501/oauth2callback", "cookie_secret": "s" * 32, "client_id": CLIENT,
    "client_secret": "x", "server_metadata_url": "https://sso.example.com/.well-known/openid-configuration",
}  # fmt: skip
GRANTS = f"""
[access]
sign_in = "oidc"
contact = "it@example.com"

[[access.grant]]
role = "executive"
groups = ["board"]
names = true

[[access.grant]]
role = "plant manager"
plants = ["{LYON}"]
emails = ["lyon@example.com"]

[[access.grant]]
role = "operator"
groups = ["it"]
"""
BOARD = {"email": "board@example.com", "groups": ["board"]}
MANAGER = {"email": "lyon@example.com"}
OPERATOR = {"email": "it@example.com", "groups": ["it"]}
# Why decisions were taken that stand on pages: of another plant, of none, and of the manager's own.
ELSEWHERE, NOWHERE, HERE = "flooded harbour", "nobody knows whose", "roof repaired"


@dataclass
class Shown:
    """Everything that went to a browser in one run: texts, tables and charts as they are sent."""

    app: AppTest
    page: str
    sent: str

    @property
    def links(self) -> set[str]:
        found = {unescape(link) for link in re.findall(r'href="([a-z_]*\?[^"]+)"', self.sent)}
        found = {self.page + link if link[0] == "?" else link for link in found}
        return found | {f"{one.proto.page}?{one.proto.query_string}" for one in self.app.page_link}


@dataclass
class Tab:
    """A session of somebody; `files` holds what its downloads would give at a click."""

    app: AppTest
    files: list = field(default_factory=list)

    def open(self, page: str, **query) -> Shown:
        self.app.switch_page(str(PAGES[page].relative_to(APP.parent)))
        self.app.query_params.clear()
        self.app.query_params["export"] = "1"  # with the files of the page
        for name, value in query.items():
            self.app.query_params[name] = value
        return self.run(page)

    def run(self, page: str = "brief") -> Shown:
        self.app.run()
        assert not self.app.exception, self.app.exception
        return Shown(self.app, page, "\n".join(_sent(self.app._tree)))


def _sent(node) -> Iterator[str]:
    proto = getattr(node, "proto", None)
    if proto is not None:
        yield proto.SerializeToString().decode("utf-8", "replace")
    for child in getattr(node, "children", {}).values():
        yield from _sent(child)


@dataclass(frozen=True)
class Secrets:
    """What a reader must not see: words, names of records, and records by model and number."""

    words: frozenset[str]
    names: frozenset[str]
    records: frozenset[tuple[str, str]]

    def __len__(self) -> int:
        return len(self.words) + len(self.names) + len(self.records)

    def leaked(self, sent: str) -> list:
        text = unquote(unescape(sent)).replace("+", " ")
        tokens = set(re.findall(r"[A-Za-z][\w/-]*\d[\w/-]*", text))
        linked = {
            (query.get("model"), query.get("id")) for query in map(_query, re.findall(r'\?[^"\s<]+', unescape(sent)))
        }
        return [*(word for word in self.words if word in text), *(tokens & self.names), *(linked & self.records)]


def _query(link: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(link).query))


@pytest.fixture(scope="module")
def decided(demo_warehouse, tmp_path_factory) -> Path:
    """The demo plants with decisions about one plant, another and none."""
    folder = tmp_path_factory.mktemp("access")
    for name in ("CURRENT", warehouse.current_version(demo_warehouse)):
        shutil.copy(demo_warehouse / name, folder)
    rows = warehouse.read(warehouse.open(warehouse=folder), "open_exception").to_pylist()
    until = readable.utc_now().date() + timedelta(days=7)
    for plant, why in ((LYON, HERE), (SINGAPORE, ELSEWHERE), (None, NOWHERE)):
        row = next(row for row in rows if row["plant"] == (plant or SINGAPORE))
        named = f"exception:{row['exception']}:{row['instance']}:{row['record_model']},{row['record_id']}"
        decision.decide("Ann", decision.MUTE, named, why, plant=plant, until_on=until, warehouse=folder)
    day = readable.utc_now().date()
    for plant, why in ((LYON, HERE), (SINGAPORE, ELSEWHERE)):
        decision.correct("Ann", "shutdown", why, day, day, kpi="release_lead_time", plant=plant, warehouse=folder)
    return folder


@pytest.fixture(scope="module")
def secrets(demo_warehouse) -> dict[str, Secrets]:
    """What the manager of Lyon, and what the operator must not see."""
    con = warehouse.open(warehouse=demo_warehouse).cursor()

    def told(sql: str) -> list[tuple]:
        return con.execute(sql).fetchall()

    people = {name for (name,) in told("select distinct name from dim_user where kind = 'human'") if name}
    plants = told(f"select plant, name from dim_plant where plant <> '{LYON}'")
    of_others = f"select distinct name, record_model, record_id from fct_case where plant <> '{LYON}'"
    of_lyon = told(of_others.replace("<>", "="))
    kept = {name for name, *_ in of_lyon}, {(model, str(number)) for _, model, number in of_lyon}
    cases = told(of_others)
    return {
        "manager": Secrets(
            frozenset(people | {word for plant in plants for word in plant if word} | {ELSEWHERE, NOWHERE}),
            frozenset({name for name, *_ in cases if name} - kept[0]),
            frozenset({(model, str(number)) for _, model, number in cases} - kept[1]),
        ),
        "operator": Secrets(frozenset(people), frozenset(), frozenset()),
    }


@pytest.fixture
def access(monkeypatch, tmp_path, decided):
    """access(text): what ops.toml says from now on."""
    monkeypatch.setenv("OPS_WAREHOUSE", str(decided))
    monkeypatch.setenv("OPS_CONFIG", str(tmp_path / "ops.toml"))

    def say(text: str) -> None:
        (tmp_path / "ops.toml").write_text(text)

    say(GRANTS)
    return say


@pytest.fixture
def enter(access, monkeypatch):
    """enter(email=..., groups=...) -> Tab: the session of whom a token names; without claims of nobody."""
    files: list = []

    def kept() -> None:
        offered = download.st.session_state.pop(download.OFFERED)
        files.extend(download.csv_of(one) for one in offered.values())

    monkeypatch.setattr(download, "menu", kept)

    def make(**claims) -> Tab:
        app = AppTest.from_file(str(APP), default_timeout=120)
        app.secrets["auth"] = AUTH
        if claims:
            now = int(time.time())
            token = {"aud": CLIENT, "iat": now, "exp": now + 7200, "sub": "7", "is_logged_in": True}
            app.user = token | claims
        tab = Tab(app, files)
        tab.run()
        return tab

    return make


def kind_of(link: str) -> tuple:
    """Links of one kind lead to the same page and name the same things."""
    page, _, query = link.partition("?")
    return page, *sorted({name for name, _ in parse_qsl(query)} - {"weeks", "clock"})


def foreign(links: set[str], unseen: Secrets) -> dict[tuple, str]:
    """A link of each kind, one that leads to what must not be seen where there is one."""
    return {kind_of(link): link for link in sorted(links, key=lambda link: (bool(unseen.leaked(f'"{link}"')), link))}


def test_nobody_sees_what_is_not_for_them_on_any_page_by_any_link_in_any_file(enter, secrets, record_property):
    board, manager, operator = (enter(**claims) for claims in (BOARD, MANAGER, OPERATOR))
    links, runs, files = set(), 0, 0
    unseen = secrets["manager"]
    telling = 0
    for page in PAGES:  # the one who sees all goes first: what a cache keeps of that must not come to others
        shown = board.open(page)
        links |= shown.links
        telling += bool(unseen.leaked(shown.sent))
        for other, hidden in ((manager, unseen), (operator, secrets["operator"])):
            board.files.clear()
            theirs = other.open(page)
            assert texts.NOT_LOADED not in theirs.sent, page
            assert hidden.leaked(theirs.sent) == [], page
            for file in board.files:
                assert hidden.leaked(file().decode("utf-8-sig")) == [], page
            runs, files = runs + 1, files + len(board.files)
    assert telling > 15, "the words looked for are not those that pages show"
    asked = [(page, {"plant": SINGAPORE}) for page in PAGES]
    asked += [(page, _query(link)) for (page, *_), link in foreign(links, unseen).items() if page in PAGES]
    for page, query in asked:
        board.files.clear()
        theirs = manager.open(page, **query)
        said = " ".join(query.values())  # the link itself says it, and what leads on from there says it again
        found = [(one,) if isinstance(one, str) else one for one in unseen.leaked(theirs.sent)]
        assert [one for one in found if not all(word in said for word in one)] == [], (page, query)
        for file in board.files:
            assert unseen.leaked(file().decode("utf-8-sig")) == [], (page, query)
        runs, files = runs + 1, files + len(board.files)
    counted = (
        f"{runs} runs of pages ({len(asked)} by links to what is not theirs) and {files} files: 0 of {len(unseen)}"
    )
    record_property("access", counted)
    print(counted)
    assert len(asked) > 40 and files > 60


def test_a_link_tells_only_that_there_is_nothing(enter, decided, secrets, monkeypatch):
    now = readable.utc_now()
    monkeypatch.setattr(readable, "utc_now", lambda: now)  # the age of the data is the same for both
    opened = warehouse.open(warehouse=decided)
    row = next(row for row in warehouse.read(opened, "open_exception").to_pylist() if row["plant"] == SINGAPORE)
    asked = {"instance": row["instance"], "model": row["record_model"], "id": str(row["record_id"])}
    nobodys = "9" * len(asked["id"])
    known, unknown = (
        enter(**MANAGER).open("record", **asked),
        enter(**MANAGER).open("record", **asked | {"id": nobodys}),
    )
    assert texts.record_missing() in known.sent
    # Who signed in a minute later is signed in a minute longer.
    told = [re.sub(r"until \d\d:\d\d UTC", "", sent) for sent in (known.sent, unknown.sent)]
    assert told[0].replace(asked["id"], "") == told[1].replace(nobodys, "")
    assert row["name"] in enter(**BOARD).open("record", **asked).sent


def test_who_is_not_signed_in_or_has_no_role_sees_no_data_anywhere(enter):
    plants = {LYON, SINGAPORE, "Lyon", "Singapore"}
    for claims, title in (
        ({}, texts.SIGN_IN_TITLE),
        ({"email": "eve@example.com", "groups": ["guests"]}, texts.NO_ACCESS_TITLE),
        (BOARD | {"exp": int(time.time()) - 1}, texts.SIGN_IN_ENDED_TITLE),
        (BOARD | {"aud": "another"}, texts.SIGN_IN_ENDED_TITLE),
        (BOARD | {"is_logged_in": False}, texts.SIGN_IN_TITLE),
    ):
        tab = enter(**claims)
        for page in ("brief", "kpi", "governance"):
            shown = tab.open(page, plant=LYON)
            assert title in shown.sent
            assert not [word for word in plants if word in shown.sent] and ".duckdb" not in shown.sent
    assert "it@example.com" in enter(email="eve@example.com").run().sent


def test_a_name_is_shown_as_it_is(enter):
    tab = enter(groups=["board"], name="**Ann** [x](https://evil.example)")
    label = next(one for one in _blocks(tab.app._tree) if "Ann" in one)
    assert r"\*\*Ann\*\* \[x\]\(https" in label


def _blocks(node) -> Iterator[str]:
    """Labels of popovers."""
    proto = getattr(node, "proto", None)
    if getattr(proto, "popover", None) and proto.popover.label:
        yield proto.popover.label
    for child in getattr(node, "children", {}).values():
        yield from _blocks(child)


def test_pages_of_other_roles_are_named_and_not_run(enter):
    operator = enter(**OPERATOR)
    for page in ("governance", "approvals"):
        shown = operator.open(page)
        assert "is not for the role operator" in shown.sent
        assert "What waits" not in shown.sent and "Findings" not in shown.sent
    assert "is not for the role" not in enter(**MANAGER).open("governance").sent


def test_rights_change_while_a_page_is_open(enter, access):
    tab = enter(**MANAGER)
    assert "Lyon" in tab.open("plants").sent
    access(GRANTS.replace(LYON, SINGAPORE))
    shown = tab.run()
    assert "Singapore" in shown.sent and "Lyon" not in shown.sent
    access(GRANTS.replace("lyon@example.com", "somebody@example.com"))
    assert texts.NO_ACCESS_TITLE in tab.run().sent
    access(GRANTS + "broken")
    assert texts.NOT_SERVED_TITLE in tab.run().sent
    access(GRANTS)
    assert "Lyon" in tab.run().sent


def test_a_file_is_not_made_once_the_right_to_it_is_gone(enter, access, monkeypatch):
    enter(**MANAGER).open("exceptions")
    made = enter(**MANAGER)
    made.files.clear()
    made.open("exceptions")
    assert LYON in made.files[0]().decode()
    access(GRANTS.replace("names = true", "names = false"))
    assert made.files[0]()  # another's grant
    access(GRANTS.replace("lyon@example.com", "somebody@example.com"))
    with pytest.raises(SignInRefused, match="other rights by now"):
        made.files[0]()
    access(GRANTS)
    assert made.files[0]()
    now = readable.utc_now()
    monkeypatch.setattr(readable, "utc_now", lambda: now + timedelta(hours=3))
    with pytest.raises(SignInRefused, match="has ended"):
        made.files[0]()


def test_who_is_signed_in_decides_under_that_name_and_in_that_role(enter, access, decided, tmp_path, monkeypatch):
    own = tmp_path / "own"
    own.mkdir()
    for path in decided.iterdir():
        shutil.copy(path, own)
    monkeypatch.setenv("OPS_WAREHOUSE", str(own))
    day = date(2026, 3, 2)
    refused = []

    def as_reader(decide) -> None:
        """Runs in a page, as a form does, whatever that form says of who decides."""
        monkeypatch.setattr(sign_in, "account", lambda *_: _tried(decide))

    def _tried(decide) -> None:
        try:
            decide()
        except decision.DecisionError as error:
            refused.append(str(error))

    def correct(plant):
        return lambda: data.correct("Board", "other", "x", day, day, plant=plant, role="executive", kpi=None)

    as_reader(correct(LYON))
    enter(**MANAGER)
    found = decision.corrections(own)[0]
    assert (found.who, found.role, found.plant) == ("lyon@example.com", "plant manager", LYON)
    before = len(decision.corrections(own))
    for plant, claims in ((SINGAPORE, MANAGER), (None, MANAGER), (LYON, OPERATOR)):
        as_reader(correct(plant))
        enter(**claims)
    elsewhere = next(one for one in decision.corrections(own) if one.plant == SINGAPORE)
    as_reader(lambda: data.withdraw(elsewhere.id, "Board", "x", "executive"))
    enter(**MANAGER)
    assert (
        len(decision.corrections(own)) == before
        and next(one for one in decision.corrections(own) if one.id == elsewhere.id).holds
    )
    assert [words[:40] for words in refused] == [
        f"you have no role in {SINGAPORE}: ask someb"[:40],
        "that is about several plants, or about n",
        "a budget correction is not for the role "[:40],
        "that is about several plants, or about n",
    ]


def test_the_manager_of_one_plant_cannot_put_aside_an_issue_of_several(enter, decided, tmp_path, monkeypatch):
    own = shutil.copytree(decided, tmp_path / "own")
    monkeypatch.setenv("OPS_WAREHOUSE", str(own))
    with duckdb.connect(own / warehouse.current_version(own)) as con:
        [(key,)] = con.execute(
            "update agg_error_issue set place_count = 2 where issue = (select max(issue) from agg_error_issue"
            " where plant = $plant) and plant = $plant returning issue", {"plant": LYON}
        ).fetchall()  # fmt: skip
    shown = enter(**MANAGER).open("integrations", issue=key)
    assert texts.ISSUE_ELSEWHERE in shown.sent
    [what] = [one for one in shown.app.selectbox if one.label == "What"]
    assert what.options == ["Acknowledgement", "Assignment", "Comment"]
    refused = []

    def decide(what: str) -> None:
        [row] = [row for row in data.error_issues(Filters()) if row["issue"] == key]
        try:
            data.decide_issue("Board", what, row, "x", owner="Bo", until_on=readable.utc_now().date(), role="executive")
        except decision.DecisionError as error:
            refused.append(str(error))

    for one in decision.ABOUT_A_SUBJECT:
        monkeypatch.setattr(sign_in, "account", lambda *_, what=one: decide(what))
        enter(**MANAGER)
    found = [one for one in decision.decisions(own) if one.subject == f"issue:{key}"]
    assert {(one.what, one.who, one.plant) for one in found} == {
        (what, "lyon@example.com", LYON) for what in ("acknowledgement", "assignment", "comment")
    }
    assert len(refused) == 3 and {words[:28] for words in refused} == {"that is about several plants"}


def test_forms_do_not_ask_who_is_signed_in_and_are_not_there_for_other_roles(enter):
    labels = [one.label for one in enter(**MANAGER).open("kpi", kpi="release_lead_time").app.text_input]
    assert "Why" in labels and "Who decides" not in labels
    shown = enter(**OPERATOR).open("kpi", kpi="release_lead_time")
    assert "Why" not in [one.label for one in shown.app.text_input]


def test_without_sign_in_a_proxy_in_front_is_noticed(access, enter, monkeypatch):
    access("")
    assert "Singapore" in enter().open("plants").sent
    sent = {"Host": ["pulse.example.com"]}
    headers = type("Headers", (), {"get_all": staticmethod(lambda name: sent.get(name, []))})
    monkeypatch.setattr(type(sign_in.st.context), "headers", property(lambda self: headers))
    assert texts.NOT_SERVED_TITLE in enter().run().sent
