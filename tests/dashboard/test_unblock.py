"""The unblock list and the approvals page over the demo plants, and over what is missing, old or empty."""

from __future__ import annotations

import re

import duckdb
import pytest

from dashboard import data, texts, unblock_view
from queries import approval, decision, unblock, warehouse

SINGAPORE, LYON = "Alder Asia/SIN", "Alder France/WH"
PAGES = ("unblock", "approvals")
MOST_QUERIES = 8


@pytest.fixture(scope="module")
def stuck(demo_warehouse) -> list[dict]:
    return unblock.stuck(warehouse.open(warehouse=demo_warehouse), [])


@pytest.fixture(scope="module")
def queue(demo_warehouse) -> list[dict]:
    return warehouse.read(warehouse.open(warehouse=demo_warehouse), "approval_queue").to_pylist()


def shown(page) -> list[str]:
    """The records on the list, in their order."""
    return re.findall(r'<td data-label="What"><a href="\?[^"]*stuck=[^"]*"[^>]*>([^<]*)</a>', page.text)


def change(own, *statements: str) -> None:
    with duckdb.connect(str(own / warehouse.current_version(own))) as con:
        for statement in statements:
            con.execute(statement)


def test_all_that_stands_still_is_there_the_worst_first(open_page, stuck):
    page = open_page("unblock")
    assert shown(page) == [row["name"] or unblock_view.address(row) for row in stuck]
    assert len(stuck) > unblock_view.SHOWN and texts.STUCK_RULE in page.text
    assert all(unblock.risk(row) in page.text and unblock.holder(row) in page.text for row in stuck)


def test_approvals_that_nobody_decides_in_singapore_are_marked(open_page, stuck):
    old = [row for row in stuck if row["kind"] == "approval" and row["plant"] == SINGAPORE and row["age_ratio"] > 5]
    assert len(old) >= 5
    text = open_page("unblock", plant=SINGAPORE).text
    assert all(f"▲</b>{unblock.age(row)}" in text for row in old)
    worst = next(row for row in stuck if row["kind"] == "approval")
    assert worst["at_risk_amount"] > 0


@pytest.mark.parametrize("cut", list(unblock.CUTS))
def test_list_is_cut_by_each_column(open_page, stuck, cut):
    value, count = unblock.counts(stuck, cut)[-1]
    page = open_page("unblock", cut=cut, only=value)
    assert len(shown(page)) == count
    assert len(page.chosen("only")) == 1 and page.chosen("only")[0].endswith(f" {count}")


def test_what_is_no_value_of_the_cut_is_all(open_page, stuck):
    assert len(shown(open_page("unblock", cut="product", only="approval"))) == len(stuck)
    assert len(shown(open_page("unblock", cut="colour", only="red"))) == len(stuck)


def test_plant_shows_its_own(open_page, stuck):
    names = [row["name"] or unblock_view.address(row) for row in stuck if row["plant"] == LYON]
    assert shown(open_page("unblock", plant=LYON)) == names != []


def test_a_record_tells_which_orders_it_holds_up_and_leads_to_them(open_page, stuck, demo_warehouse):
    row = stuck[0]
    text = open_page("unblock", stuck=unblock_view.address(row), plant=SINGAPORE).text
    opened = warehouse.open(warehouse=demo_warehouse)
    about = {"instance": row["about_instance"], "record_model": row["about_model"], "record_id": row["about_id"]}
    orders = warehouse.read(opened, "stuck_order", **about).to_pylist()
    counted = [order for order in orders if order["is_end"] and order["is_due_soon"]]
    assert sum(order["amount"] for order in counted) == pytest.approx(row["due_soon_amount"])
    assert orders and all(f"id={order['record_id']}" in text and order["name"] in text for order in orders)
    assert row["remedy"] in text and texts.sentence(texts.usual(row)) in text
    assert "plant=Alder+Asia" in text


def test_a_record_that_is_not_there_is_a_sentence(open_page):
    assert texts.STUCK_GONE in open_page("unblock", stuck="demo:sale.order,1").text


def decide(page, what: str, why: str = "", **given) -> None:
    app = page.app
    app.selectbox[0].set_value(what)
    [owner, who, reason] = app.text_input
    owner.set_value(given.get("owner", "")), who.set_value("Bo"), reason.set_value(why)
    app.button[0].click().run()
    assert not app.error, app.error


def test_what_is_decided_stands_in_the_list_and_the_muted_are_folded_away(open_page, own, stuck):
    first, second = stuck[0], stuck[1]
    decide(open_page("unblock", warehouse=own, stuck=unblock_view.address(first)), "assignment", owner="Ann")
    decide(open_page("unblock", warehouse=own, stuck=unblock_view.address(second)), "mute", "the vendor is closed")
    kept = {one.subject: one for one in decision.decisions(own)}
    assert kept[second["subject"]].plant == second["plant"] and len(kept) == 2
    page = open_page("unblock", warehouse=own)
    assert "owned by Ann" in page.text and "muted until" in page.text
    assert texts.put_aside(1) in page.text
    assert shown(page)[-1] == second["name"] and shown(page)[0] == first["name"]
    assert "the vendor is closed" in open_page("unblock", warehouse=own, stuck=unblock_view.address(second)).text


def test_decisions_that_cannot_be_read_cost_the_states_and_not_the_list(open_page, own, stuck):
    (own / "decisions.sqlite").write_bytes(b"half a file" * 100)
    page = open_page("unblock", warehouse=own)
    assert texts.NOT_LOADED in page.text and len(shown(page)) == len(stuck)


def test_landing_page_carries_no_plotly(open_page):
    assert not open_page("unblock").app.get("plotly_chart")


@pytest.mark.parametrize("name", PAGES)
def test_first_day_is_a_page_that_says_so(open_page, own, name):
    change(own, *(f"delete from {mart}" for mart in ("fct_standstill", "fct_stuck", "fct_exception", "fct_approval")))
    change(own, "delete from agg_approver_group", "delete from agg_usual_time")
    text = open_page(name, warehouse=own).text
    assert texts.NOT_LOADED not in text
    wanted = {
        "unblock": [texts.STUCK_NONE, texts.UNBLOCKED_NONE],
        "approvals": [texts.APPROVAL_NONE, texts.WHAT_IF_NONE],
    }
    assert all(words in text for words in wanted[name])


@pytest.mark.parametrize("name", PAGES)
def test_a_plant_without_data_leaves_the_others(open_page, own, name):
    marts = ("fct_standstill", "fct_stuck", "fct_exception", "fct_approval", "agg_approver_group", "agg_usual_time")
    change(own, *(f"delete from {mart} where plant = '{SINGAPORE}'" for mart in marts))
    text = open_page(name, warehouse=own).text
    assert texts.NOT_LOADED not in text and "Lyon" in text
    text = open_page(name, warehouse=own, plant=SINGAPORE).text
    assert texts.NOT_LOADED not in text


@pytest.mark.parametrize("name", PAGES)
def test_a_file_from_before_there_were_these_lists_says_what_is_missing(open_page, own, name):
    change(own, "drop table fct_standstill", "drop table fct_stuck")
    text = open_page(name, warehouse=own).text
    assert "was published before it held" in text and "Data as of" in text


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_no_more_than_eight_queries(open_page, own, monkeypatch, name):
    asked = []
    read = warehouse.read
    monkeypatch.setattr(warehouse, "read", lambda *of, **given: asked.append(of[1]) or read(*of, **given))
    open_page(name, warehouse=own)
    assert 0 < len(asked) <= MOST_QUERIES, asked


def test_what_moved_on_since_five_is_told(open_page, own):
    newest = f"(select max(stuck_id) from fct_stuck where plant = '{LYON}' and kind = 'approval')"
    moved = "ended_at = (select as_of from version) - interval 1 minute, outcome = 'approved', ended_by = 'Ann Moreau'"
    change(own, f"update fct_stuck set {moved} where stuck_id = {newest}")
    text = open_page("unblock", warehouse=own, plant=LYON).text
    assert "Ann Moreau" in text and "times in UTC" in text and "approvals" in text


# Approvals


def test_every_approval_that_waits_is_there_and_leads_to_its_timeline(open_page, queue):
    text = open_page("approvals").text
    assert len(queue) > 15
    for row in queue:
        assert f"id={row['record_id']}" in text and row["name"] in text
    assert f"{sum(row['is_late'] for row in queue)} of {len(queue)}" in text


def test_groups_are_told_what_they_are_and_people_only_where_asked(open_page):
    page = open_page("approvals")
    assert "✕</b>rubber stamp" in page.text and "✕</b>overloaded" in page.text
    assert "How people decide" not in page.text
    assert "How people decide" in open_page("approvals", people="true").text


def test_who_may_not_see_names_is_not_asked(open_page, monkeypatch):
    monkeypatch.setattr(data, "sees_names", lambda: False)
    page = open_page("approvals", people="true")
    assert not page.app.toggle and "How people decide" not in page.text


def test_lyon_stalls_and_singapore_stamps(open_page, demo_warehouse):
    steps = approval.steps(warehouse.read(warehouse.open(warehouse=demo_warehouse), "approval_step").to_pydict())
    waits = {plant: approval.median(one for one in steps if one.plant == plant) for plant in (LYON, SINGAPORE)}
    assert waits[LYON] > 3 * 86400
    text = open_page("approvals", plant=LYON).text
    assert "✕</b>overloaded" in text and "rubber stamp</span>" not in text


def test_what_if_follows_its_sliders(open_page, demo_warehouse):
    steps = approval.steps(warehouse.read(warehouse.open(warehouse=demo_warehouse), "approval_step").to_pydict())
    page = open_page("approvals")
    threshold, limit = page.app.slider
    top, size = approval.thresholds(steps)
    assert (threshold.max, threshold.step, limit.value) == (top, size, 72)
    threshold.set_value(size * 10)
    limit.set_value(24)
    page.app.run()
    then = approval.what_if(steps, size * 10, 24 * 3600)
    assert then.saved_count > 0 and then.late_share > approval.what_if(steps).late_share
    for words in (texts.late(then), texts.saved(then, len(steps)), texts.exposed(then, "USD")):
        assert words in page.text


def test_an_approval_of_a_document_without_a_name_leads_to_it(open_page, own):
    change(own, "update fct_approval set name = null")
    text = open_page("approvals", warehouse=own).text
    assert texts.NOT_LOADED not in text and '" target="_self">–</a>' in text
