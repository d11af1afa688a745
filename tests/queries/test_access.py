"""What a sign-in says of a person, what the grants make of it, and when the dashboard must not be served."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from queries import access, config
from queries.access import Person, SignInRefused
from queries.config import Access, Config, ConfigError, Grant
from queries.warehouse import Scope

NOW = datetime(2026, 3, 2, 9)
SECRET = "s" * 32
BOARD = Grant("executive", groups=("board",), names=True)
LYON = Grant("plant manager", plants=("LYON",), emails=("anna@example.com",))
TULSA = Grant("operator", plants=("TUL",), groups=("it",), names=True)
FOUND = Access(sign_in="oidc", grants=(BOARD, LYON, TULSA))
AUTH = {
    "redirect_uri": "https://pulse.example.com/oauth2callback", "cookie_secret": SECRET, "client_id": "pulse",
    "client_secret": "x", "server_metadata_url": "https://sso.example.com/.well-known/openid-configuration",
}  # fmt: skip


def seconds(moment: datetime) -> int:
    return int(moment.replace(tzinfo=UTC).timestamp())


def claims(**changed) -> dict:
    given = {
        "aud": "pulse", "iat": seconds(NOW), "exp": seconds(NOW + timedelta(hours=1)), "sub": "7",
        "email": "Anna@Example.com",
    }  # fmt: skip
    return {name: value for name, value in (given | changed).items() if value is not None}


def person(found: Access = FOUND, now: datetime = NOW, **changed) -> Person:
    return access.of_claims(claims(**changed), found, "pulse", now)


def test_a_token_names_a_person_until_it_ends():
    assert person(groups=["it", "all"]) == Person(
        "anna@example.com", "anna@example.com", frozenset({"it", "all"}), NOW + timedelta(hours=1)
    )
    assert person(aud=["other", "pulse"]).name == "anna@example.com"


def test_a_sign_in_lasts_no_longer_than_is_configured():
    assert person(exp=seconds(NOW + timedelta(days=30))).until == NOW + timedelta(hours=8)
    short = Access(sign_in="oidc", session=60.0, grants=(BOARD,))
    assert person(short).until == NOW + timedelta(minutes=1)
    with pytest.raises(SignInRefused, match="has ended"):
        person(short, now=NOW + timedelta(minutes=1))


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"aud": "other"}, "another application"),
        ({"aud": None}, "another application"),
        ({"aud": ["other"]}, "another application"),
        ({"exp": seconds(NOW)}, "has ended"),
        ({"exp": None}, "until when"),
        ({"exp": "never"}, "until when"),
        ({"exp": True}, "until when"),
        ({"exp": 1e300}, "until when"),
        ({"iat": None}, "until when"),
        ({"email": None, "sub": None}, "names nobody"),
        ({"email": "", "sub": ""}, "names nobody"),
    ],
)
def test_a_token_that_does_not_hold_is_refused(changed, why):
    with pytest.raises(SignInRefused, match=why):
        person(**changed)


@pytest.mark.parametrize("verified", [False, "false", "true", 1])
def test_an_email_that_nobody_verified_gives_no_right(verified):
    found = person(email_verified=verified)
    assert found.email == "" and access.reader(found, FOUND).roles == ()
    assert access.reader(person(email_verified=True), FOUND).roles == ("plant manager",)


@pytest.mark.parametrize(
    ("path", "said", "groups"),
    [
        ("groups", {"groups": "it"}, {"it"}),
        ("roles", {"roles": ["a", 7, None, ""]}, {"a"}),
        ("realm_access.roles", {"realm_access": {"roles": ["a", "b"]}}, {"a", "b"}),
        ("https://example.com/groups", {"https://example.com/groups": ["a"]}, {"a"}),
        ("groups", {"groups": {"it": True}}, set()),
        ("groups", {}, set()),
        ("realm_access.roles", {"realm_access": "roles"}, set()),
    ],
)
def test_groups_are_found_where_the_provider_keeps_them(path, said, groups):
    assert person(Access(sign_in="oidc", groups=path, grants=(BOARD,)), **said).groups == groups


def test_whom_no_grant_names_may_nothing():
    found = access.reader(person(email="eve@example.com", groups=["guests"]), FOUND)
    assert (found.roles, found.roles_in("LYON"), found.roles_in(None)) == ((), (), ())
    assert found.scope == Scope(frozenset(), sees_names=False)


def test_several_grants_add_their_plants_but_never_names():
    found = access.reader(person(groups=["it"]), FOUND)
    assert found.scope == Scope(frozenset({"LYON", "TUL"}), sees_names=False)
    assert found.roles == ("plant manager", "operator")
    assert (found.roles_in("LYON"), found.roles_in("TUL"), found.roles_in(None)) == (
        ("plant manager",),
        ("operator",),
        (),
    )
    of_all = access.reader(person(email="x@example.com", groups=["board"]), FOUND)
    assert of_all.scope == Scope(None, sees_names=True) and of_all.roles_in(None) == ("executive",)
    assert access.reader(person(groups=["board"]), FOUND).scope == Scope(None, sees_names=False)


def test_of_whom_nobody_signed_in_all_is_asked_and_nothing_held_back():
    found = access.Reader()
    assert found.scope == Scope() and found.roles == config.ROLES and not found.is_over(NOW)


def headers(**sent):
    given = {"X-Plant-Pulse-Proxy": [SECRET], "X-Forwarded-Email": ["Anna@Example.com"]} | {
        name.replace("_", "-"): value for name, value in sent.items()
    }
    return lambda name: given.get(name, [])


def of_headers(now: datetime = NOW, secret: str = SECRET, **sent) -> Person:
    return access.of_headers(headers(**sent), Access(sign_in="header", grants=(BOARD,)), secret, NOW, now)


def test_a_proxy_names_a_person():
    found = of_headers(X_Forwarded_Groups=["board, all", "it"])
    assert found == Person(
        "anna@example.com", "anna@example.com", frozenset({"board", "all", "it"}), NOW + timedelta(hours=8)
    )


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"X_Plant_Pulse_Proxy": []}, "from the proxy"),
        ({"X_Plant_Pulse_Proxy": ["x" * 32]}, "from the proxy"),
        ({"X_Plant_Pulse_Proxy": [SECRET, "x" * 32]}, "from the proxy"),
        ({"X_Plant_Pulse_Proxy": ["é" * 32]}, "from the proxy"),
        ({"X_Plant_Pulse_Proxy": [""], "secret": ""}, "from the proxy"),
        ({"X_Plant_Pulse_Proxy": ["short"], "secret": "short"}, "from the proxy"),
        ({"X_Forwarded_Email": []}, "names nobody"),
        ({"X_Forwarded_Email": ["anna@example.com", "board@example.com"]}, "names nobody"),
        ({"X_Forwarded_Email": ["anna@example.com,board@example.com"]}, "names nobody"),
        ({"X_Forwarded_Email": ["anna"]}, "names nobody"),
        ({"now": NOW + timedelta(hours=8)}, "has ended"),
    ],
)
def test_who_is_not_the_proxy_or_names_nobody_is_refused(given, why):
    with pytest.raises(SignInRefused, match=why):
        of_headers(**given)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.3.2.1", "localhost", "::1", "[::1]:8501", "unix:///run/p.sock"])
def test_without_sign_in_only_this_machine_is_served(address):
    assert access.why_not(Access(), address, {}, "") is None


@pytest.mark.parametrize(
    "address", [None, "", "0.0.0.0", "::", "192.168.1.7", "pulse.example.com", "127.0.0.1.example"]
)
def test_without_sign_in_no_other_machine_is_served(address):
    assert "nobody signs in" in access.why_not(Access(), address, {}, "")


def test_a_proxy_can_be_trusted_only_where_nobody_gets_round_it():
    found = Access(sign_in="header", grants=(BOARD,))
    assert access.why_not(found, "127.0.0.1", {}, SECRET) is None
    assert "can be reached without it" in access.why_not(found, "0.0.0.0", {}, SECRET)
    assert "OPS_PROXY_SECRET must hold the secret" in access.why_not(found, "127.0.0.1", {}, "short")


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        *(({key: ""}, f"needs {key} in") for key in AUTH),
        ({"redirect_uri": "https://pulse.example.com/"}, "end with /oauth2callback"),
        ({"redirect_uri": "http://pulse.example.com/oauth2callback"}, "redirect_uri .* must begin with https"),
        ({"server_metadata_url": "http://sso.example.com/x"}, "server_metadata_url .* must begin with https"),
        ({"server_metadata_url": "http://127.0.0.1.example.com/x"}, "must begin with https"),
        ({"cookie_secret": "short"}, "at least 32 characters"),
    ],
)
def test_a_provider_that_is_half_set_up_is_not_served(changed, why):
    assert re.search(why, access.why_not(FOUND, "0.0.0.0", AUTH | changed, ""))


def test_a_provider_that_is_set_up_is_served_on_any_address():
    assert access.why_not(FOUND, "0.0.0.0", AUTH, "") is None
    local = {"redirect_uri": "http://localhost:8501/oauth2callback", "server_metadata_url": "http://127.0.0.1:9/x"}
    assert access.why_not(FOUND, "127.0.0.1", AUTH | local, "") is None
    named = {key: AUTH[key] for key in ("redirect_uri", "cookie_secret")} | {"entra": AUTH}
    by_name = Access(sign_in="oidc", provider="entra", grants=(BOARD,))
    assert access.why_not(by_name, "0.0.0.0", named, "") is None
    assert "client_id in [auth.entra]" in access.why_not(by_name, "0.0.0.0", AUTH, "")


@pytest.mark.parametrize(
    ("sent", "is_local"),
    [
        ({}, True),
        ({"Host": ["localhost:8501"]}, True),
        ({"Host": ["127.0.0.1:8501"], "X-Forwarded-For": ["127.0.0.1, ::1"]}, True),
        ({"Host": ["pulse.example.com"]}, False),
        ({"Host": ["127.0.0.1"], "X-Forwarded-For": ["127.0.0.1, 192.168.1.7"]}, False),
        ({"Host": ["127.0.0.1"], "X-Real-Ip": ["192.168.1.7"]}, False),
        ({"Host": ["127.0.0.1"], "Forwarded": ["for=192.168.1.7"]}, False),
    ],
)
def test_a_request_through_a_proxy_is_not_of_this_machine(sent, is_local):
    assert access.came_from_this_machine(lambda name: sent.get(name, [])) is is_local


GOOD = """
[access]
sign_in = "oidc"
contact = "it@example.com"
session = "4 h"

[[access.grant]]
role = "plant manager"
plants = ["LYON"]
emails = ["Anna@Example.com"]
names = true
"""


@pytest.fixture
def written(tmp_path, monkeypatch):
    """written(text) -> the access that ops.toml gives, read alone and with all else."""

    def write(text: str) -> Access:
        path = tmp_path / "ops.toml"
        path.write_text(text)
        monkeypatch.setenv("OPS_CONFIG", str(path))
        assert config.load().access == config.access()
        return config.access()

    return write


def test_the_section_is_read(written):
    granted = Grant("plant manager", ("LYON",), emails=("anna@example.com",), names=True)
    assert written(GOOD) == Access("oidc", contact="it@example.com", session=4 * 3600.0, grants=(granted,))
    assert written("") == Access() == Config().access


def test_a_slip_elsewhere_locks_nobody_out(tmp_path, monkeypatch):
    (tmp_path / "ops.toml").write_text("[targets]\n" + GOOD)
    monkeypatch.setenv("OPS_CONFIG", str(tmp_path / "ops.toml"))
    with pytest.raises(ConfigError, match="unknown section 'targets'"):
        config.load()
    assert config.access().sign_in == "oidc"


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('"oidc"', '"saml"', "sign_in 'saml' is unknown: use nobody, oidc, header"),
        ('sign_in = "oidc"', "", "grants say nothing while nobody signs in"),
        ("session", "sesion", "unknown key 'sesion': did you mean 'session'"),
        ('"4 h"', '"5 s"', "at least a minute"),
        ('"4 h"', '"4 moons"', "is no quantity"),
        ('"plant manager"', '"manager"', "role 'manager' is unknown: use executive, plant manager, operator"),
        ('plants = ["LYON"]', "", "a plant manager has plants"),
        ('["LYON"]', "[]", "a plant manager has plants"),
        ('"plant manager"\nplants = ["LYON"]', '"operator"\nplants = []', "plants is empty"),
        ('emails = ["Anna@Example.com"]', "", "is for nobody: add groups or emails"),
        ("Anna@Example.com", "*@example.com", "is no e-mail address"),
        ("Anna@Example.com", "Anna", "is no e-mail address"),
        ("names = true", 'names = "yes"', "names must be true or false"),
        ("names = true", "name = true", "unknown key 'name': did you mean 'names'"),
        ('role = "plant manager"\n', "", "add the missing key; needed are role"),
        ("[[access.grant]]", "[access.grant]", r"write each below a line \[\[access.grant\]\]"),
        ('contact = "it@example.com"', 'provider = "my_sso"', "Streamlit allows no _ in it"),
        ('contact = "it@example.com"', 'sign_out = "//evil.example"', "must begin with / or https"),
        ('contact = "it@example.com"', 'groups = ""', "groups is empty"),
    ],
)
def test_every_slip_is_named(written, old, new, why):
    assert old in GOOD
    with pytest.raises(ConfigError, match=why):
        written(GOOD.replace(old, new))


def test_sign_in_that_lets_nobody_in_is_a_slip(written):
    with pytest.raises(ConfigError, match="nobody may see anything"):
        written('[access]\nsign_in = "header"')
