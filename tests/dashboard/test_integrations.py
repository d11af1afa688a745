"""The integrations page over the demo plants: how interfaces are, what keeps failing, what is decided, one path."""

from __future__ import annotations

import shutil
from datetime import timedelta

import duckdb
import pytest

from queries import catalog, decision, readable, warehouse


@pytest.fixture(scope="module")
def own_warehouse(demo_warehouse, tmp_path_factory):
    """A copy in which decisions may be made."""
    folder = tmp_path_factory.mktemp("decided")
    version = warehouse.current_version(demo_warehouse)
    shutil.copy(demo_warehouse / version, folder / version)
    shutil.copy(demo_warehouse / "CURRENT", folder / "CURRENT")
    return folder


@pytest.fixture(scope="module")
def interfaces(demo_warehouse) -> list[dict]:
    return warehouse.read(warehouse.open(warehouse=demo_warehouse), "interface", plant=None).to_pylist()


@pytest.fixture(scope="module")
def issues(demo_warehouse) -> list[dict]:
    return warehouse.read(warehouse.open(warehouse=demo_warehouse), "error_issue", plant=None).to_pylist()


def test_every_interface_is_there_with_why_the_worst_first(open_page, interfaces):
    text = open_page("integrations").text
    for row in interfaces:
        assert row["interface"] in text and row["reason"] in text
    places = [text.index(row["reason"]) for row in interfaces]
    assert places[0] == min(places)
    assert {row["state"] for row in interfaces} >= {"failing", "silent", "degraded", "up"}


def test_a_plant_shows_its_own_interfaces_only(open_page, interfaces):
    page = open_page("integrations", plant="Alder Asia/SIN")
    assert "Machines of Singapore" in page.text
    assert "Dispatch notes" in {row["interface"] for row in interfaces}
    assert "Dispatch notes" not in page.text


def test_every_error_issue_is_there(open_page, issues):
    text = open_page("integrations").text
    for row in issues:
        assert f"issue={row['issue']}" in text


def test_an_interface_leads_to_its_runs_and_their_records(open_page, interfaces, demo_warehouse):
    [row] = [row for row in interfaces if row["interface"] == "Machines of Singapore"]
    text = open_page("integrations", interface=row["interface_key"]).text
    runs = warehouse.read(
        warehouse.open(warehouse=demo_warehouse), "interface_run", interface=row["interface_key"]
    ).to_pylist()
    assert row["reason"] in text and row["owner"] in text
    told = [run for run in runs if run["odoo_res_id"]]
    assert told
    for run in told:
        assert f"model=mrp.production&id={run['odoo_res_id']}" in text


def test_an_issue_can_be_given_to_somebody_and_says_so(open_page, own_warehouse, issues):
    key = issues[0]["issue"]
    page = open_page("integrations", warehouse=own_warehouse, issue=key)
    assert "open" in page.text and "owned by" not in page.text
    form = page.app
    form.selectbox[0].set_value("assignment")
    [owner, who, why] = form.text_input
    owner.set_value("Ann"), who.set_value("Bo"), why.set_value("she wrote it")
    form.button[0].click().run()
    page = open_page("integrations", warehouse=own_warehouse, issue=key)
    assert "owned by Ann" in page.text and "she wrote it" in page.text and "Bo" in page.text
    assert "owned by Ann" in open_page("integrations", warehouse=own_warehouse).text


def test_decisions_are_read_once_however_many_parts_show_them(open_page, monkeypatch):
    asked, read = [], decision.decisions
    monkeypatch.setattr(decision, "decisions", lambda *of: asked.append(of) or read(*of))
    open_page("integrations")
    assert len(asked) == 1


def test_what_was_published_later_than_the_rest_says_so_and_ages_count_to_that_moment(
    open_page, own_warehouse, interfaces
):
    assert "everything was read last" not in open_page("integrations", warehouse=own_warehouse).text
    name = warehouse.current_version(own_warehouse)
    (later := own_warehouse.with_name("later")).mkdir()
    shutil.copy(own_warehouse / name, later / name)
    shutil.copy(own_warehouse / "CURRENT", later / "CURRENT")
    (later / name).chmod(0o644)
    tables = catalog.facts_of(catalog.lists()["interface"].sql + catalog.lists()["automation"].sql)
    with duckdb.connect(str(later / name)) as con:  # as `refresh --only integrations` leaves it
        con.execute("update mart set as_of = as_of + interval 9 hour where mart in (select unnest($1))", [list(tables)])
    as_of = warehouse.open(warehouse=later).as_of
    text = open_page("integrations", warehouse=later).text
    assert f"automation are as of {readable.moment(as_of + timedelta(hours=9))}." in text
    assert f"to documents, is as of {readable.moment(as_of)} (UTC), when everything was read last." in text
    [row] = [row for row in interfaces if row["interface"] == "Machines of Singapore"]
    text = open_page("integrations", warehouse=later, interface=row["interface_key"]).text
    assert readable.ago(row["last_run_at"], as_of + timedelta(hours=9)) in text


def test_a_decision_without_a_name_is_refused_with_a_sentence(open_page, own_warehouse, issues):
    app = open_page("integrations", warehouse=own_warehouse, issue=issues[1]["issue"]).app
    app.selectbox[0].set_value("resolution")
    app.button[0].click().run()
    assert "Say who decides" in app.error[0].value


def test_a_trace_shows_the_document_and_the_runs_for_it_in_time_order(open_page, demo_warehouse):
    opened = warehouse.open(warehouse=demo_warehouse)
    [(model, number)] = (
        opened.cursor()
        .sql(
            """select odoo_model, odoo_res_id from fct_integration_event
            where source = 'queue_job' and odoo_res_id is not null and has_failed and status = 'success'
            order by created_at desc limit 1"""
        )
        .fetchall()
    )
    text = open_page("integrations", trace=f"{model},{number}").text
    assert "background job" in text and f"id={number}" in text
    assert text.index("Begun") < text.index("succeeded")


def test_a_name_that_several_documents_have_asks_which(open_page, demo_warehouse):
    opened = warehouse.open(warehouse=demo_warehouse)
    [(name,)] = opened.cursor().sql("select name from fct_case group by name having count(*) > 1 limit 1").fetchall()
    text = open_page("integrations", trace=name).text
    assert f"There are several documents {name}: say which" in text


@pytest.mark.parametrize("query", [{"interface": "no such"}, {"issue": "e1-0"}, {"trace": "no such"}])
def test_what_is_not_there_is_a_sentence(open_page, query):
    text = open_page("integrations", **query).text
    assert "is in the data you see" in text or "is not in the data you see" in text or "Nothing is known of it" in text


def test_automation_of_odoo_is_there_with_what_does_not_work_first(open_page, demo_warehouse):
    found = warehouse.read(warehouse.open(warehouse=demo_warehouse), "automation").to_pylist()
    text = open_page("integrations").text
    assert len(found) > 3 and found[0]["state"] == "failing"
    for row in found:
        assert row["name"] in text


def test_what_sources_cannot_tell_is_said_of_each(open_page):
    text = open_page("integrations").text
    for source in catalog.integrations().values():
        assert source.blind in text
