"""The judgement of a first look, from answers written here."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from rich.console import Console

from etl import check, report
from etl.check import Account, Model
from etl.odoo import Login
from queries.config import Config, ConfigError, Instance

NOW = datetime(2026, 3, 2, 12)
LOGIN = Login("odoo", "https://odoo.test", "db", "reader", "secret", is_api_key=True, secret_env="ODOO_API_KEY")
KPIS = ["Cycle time", "Lead time", "Open approvals"]


def account(**more) -> Account:
    facts = {
        "login": "reader",
        "companies": ["Nord"],
        "other_companies": [],
        "knows_all_companies": True,
        "is_administrator": False,
        "has_group": True,
        "group_exists": True,
    }
    return Account(**(facts | more))


def model(name: str, **more) -> Model:
    facts = {"without": f"no {name}", "needed": True, "kpis": [], "state": "ok", "rows": 5}
    return Model(name.replace(".", "_"), name, **(facts | more))


def judge(who, *models, compared=True):
    return check.judge(who, list(models), KPIS, compared)


def test_nothing_is_missing_when_all_is_read():
    assert judge(account(), model("a.b"), model("c.d", state="absent", rows=None, kpis=KPIS)) == []


def test_the_dearest_gap_comes_first():
    gaps = judge(
        account(other_companies=["South"]),
        model("a.b", state="refused", kpis=KPIS[:1]),
        model("c.d", untracked_fields=["state"], kpis=KPIS[:2]),
        model("e.f", hidden_fields={"cost": ["Accounting"]}),
    )
    assert [len(gap.kpis) for gap in gaps] == [3, 2, 1, 0]
    assert gaps[0].what == "The user is not in South."
    assert gaps[1].what == "Odoo does not track changes of state on c.d."
    assert gaps[2].what == "The user may not read 1 model: a.b." and gaps[2].cost == ["a.b: no a.b"]
    assert gaps[3].what == "The field cost of e.f is shown only to: Accounting."


def test_what_would_merely_help_comes_last_and_fails_nothing():
    gaps = judge(
        account(),
        model("a.b", state="refused", needed=False, kpis=KPIS),
        model("c.d", state="refused", kpis=KPIS[:1]),
    )
    assert [(gap.needed, gap.models) for gap in gaps] == [(True, ["c.d"]), (False, ["a.b"])]


@pytest.mark.parametrize(
    ("who", "remedy"),
    [
        ({"has_group": True}, "is older than what is read now"),
        ({"has_group": False}, "exists: put user 'reader' into it"),
        ({"has_group": False, "group_exists": False}, "let an administrator import it"),
        ({"has_group": None, "group_exists": None}, "let an administrator import it"),
    ],
)
def test_the_remedy_begins_where_the_user_stands(who, remedy):
    [gap] = judge(account(**who), model("a.b", state="refused"))
    assert remedy in gap.remedy


def test_few_groups_are_named_when_odoo_names_many():
    [gap] = judge(
        account(has_group=False),
        model("a.b", state="refused", allowed_for=["Plant Pulse/Plant Pulse reader", "Sales", "Stock"]),
        model("c.d", state="refused", allowed_for=["Role / Portal", "Stock"]),
        model("e.f", state="refused", allowed_for=["Admin"]),
    )
    assert gap.remedy.endswith("write: Stock (a.b, c.d); Admin (e.f)")


def hidden(**more) -> Model:
    return model("a.b", **({"rows": 1, "administrator_rows": 4, "hidden_rows": 3, "rules": ["own rows"]} | more))


@pytest.mark.parametrize(
    ("who", "found", "remedy"),
    [
        ({"other_companies": ["South"]}, hidden(), "add the companies"),
        ({"has_group": False}, hidden(), "put user 'reader' into it"),
        ({}, hidden(), "let an administrator give it an exception"),
        ({}, hidden(hidden_documents={"account.move": 2, "sale.order": 1}), "--also account.move --also sale.order`"),
        ({}, hidden(hidden_documents={"sale.order": 3}), "only to those who may write their documents"),
        ({}, hidden(rules=[]), "ask the developer"),
    ],
)
def test_hidden_rows_are_counted_and_the_remedy_fits(who, found, remedy):
    documents = [] if len(found.hidden_documents) != 1 else [model("sale.order")]
    gap = judge(account(**who), found, *documents)[-1]
    assert gap.what.startswith("3 of 4 rows of a.b are hidden from the user")
    assert remedy in gap.remedy


def notes(login=LOGIN, who=None, admin=None, models=(), major=19):
    return check.remarks(major, login, who or account(), admin, list(models), NOW)


def test_an_expiring_key_is_said_and_a_key_about_to_expire_urges():
    far = account(key_name="pp", key_count=1, key_expires_at=NOW + timedelta(days=90))
    assert "The API key 'pp' expires on 31 May 2026, in 90 days." in notes(who=far)
    near = account(key_name="pp", key_count=2, key_expires_at=NOW + timedelta(days=20))
    assert "The first of 2 API keys expires on 22 Mar 2026, in 20 days: make a new one now." in notes(who=near)
    assert not any("expires" in note for note in notes(who=account(key_name="pp", key_count=1)))


def test_a_way_that_is_not_encrypted_is_said_first():
    first, *_ = notes(login=replace(LOGIN, url="http://odoo.test"))
    assert first.startswith("The API key and all that is read go unencrypted over the network to http://odoo.test:")
    assert not any("unencrypted" in note for note in notes())


def test_a_key_of_another_user_is_said_with_the_remedy():
    [told] = [note for note in notes(who=account(login="other")) if "belongs to" in note]
    assert told == (
        "The API key belongs to user 'other', not to 'reader', and 'other' is who reads: set ODOO_USER (or user in "
        "ops.toml) to that, or ODOO_API_KEY to a key of 'reader'."
    )
    assert not any("belongs to" in note for note in notes())


def test_what_only_an_administrator_can_tell_is_said_unless_there_is_one():
    [asked] = notes()
    assert "ODOO_ADMIN_USER and ODOO_ADMIN_PASSWORD (or ODOO_ADMIN_API_KEY)" in asked
    assert notes(admin=account(login="admin", is_administrator=True)) == []
    assert "says nothing" in notes(admin=account())[0]
    assert "no administrator of all companies" in notes(admin=account(login="other"))[0]


def test_a_field_that_this_version_lacks_is_a_remark_and_one_behind_a_group_is_not():
    found = notes(
        admin=account(login="admin", is_administrator=True),
        models=[model("a.b", missing_fields=["cost", "gone"], hidden_fields={"cost": ["Accounting"]})],
    )
    assert found == ["a.b has no gone in this Odoo."]


def test_an_administrator_comes_from_the_environment(monkeypatch):
    for name in ("API_KEY", "USER", "PASSWORD"):
        monkeypatch.delenv(f"ODOO_ADMIN_{name}", raising=False)
    here, asia = Instance("odoo", "http://x", "db"), Instance("asia", "http://y", "db", api_key_env="ODOO_ASIA_API_KEY")
    assert check.administrator(here) is None
    monkeypatch.setenv("ODOO_ADMIN_PASSWORD", "secret")
    with pytest.raises(ConfigError, match="ODOO_ADMIN_PASSWORD is set without ODOO_ADMIN_USER"):
        check.administrator(here)
    monkeypatch.setenv("ODOO_ADMIN_USER", "root")
    assert check.administrator(here).user == "root" and not check.administrator(here).is_api_key
    assert check.administrator(asia) is None
    monkeypatch.setenv("ODOO_ASIA_ADMIN_API_KEY", "key")
    assert check.administrator(asia).secret_env == "ODOO_ASIA_ADMIN_API_KEY"


def test_one_of_several_odoos_can_be_chosen(monkeypatch):
    monkeypatch.setenv("ODOO_API_KEY", "key")
    config = Config(instances=tuple(Instance(name, "http://x", "db", "me") for name in ("europe", "asia")))
    assert [instance.name for instance, _ in check.chosen(config)] == ["europe", "asia"]
    assert [instance.name for instance, _ in check.chosen(config, "asia")] == ["asia"]
    with pytest.raises(ConfigError, match="no Odoo is called 'africa': use one of europe, asia"):
        check.chosen(config, "africa")


def test_the_print_has_the_verdict_first_and_a_remedy_per_gap():
    models = [model("a.b", kpis=KPIS, state="refused", rows=None), model("[c]", tracked_fields=["state"])]
    found = check.Report(
        instance="odoo",
        url="http://odoo.test",
        database="db",
        version="19.0",
        transport="json-2",
        transport_reason="because",
        account=account(),
        administrator=None,
        writers={},
        models=models,
        gaps=judge(account(), *models),
        notes=["a note"],
        kpi_count=len(KPIS),
        seconds=1.0,
    )
    console = Console(record=True, width=100, file=io.StringIO())
    report.show(found, console)
    text = console.export_text()
    assert text.startswith("1 thing is missing.\n")
    assert "[c]" in text and "tracks state" in text
    assert "1. The user may not read 1 model: a.b.\n   costs  a.b: no a.b\n   KPIs   all 3\n   remedy the group" in text
    assert text.rstrip().endswith("- a note")
    assert report.as_json([found], [])["ok"] is False
    assert report.next_step([found]).startswith("Next: close what is missing")
    assert report.next_step([replace(found, gaps=[])]) == "Next: `make run` loads the last 90 days and serves them."
