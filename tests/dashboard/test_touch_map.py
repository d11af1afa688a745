"""The automation page over the demo plants: no-touch shares, the touch map, what changed nothing, what to automate."""

from __future__ import annotations

from datetime import timedelta
from html import escape

import duckdb
import pytest

from dashboard import data, texts
from queries import catalog, measure, readable, touch, warehouse

SINGAPORE, LYON = "Alder Asia/SIN", "Alder France/WH"
MOST_QUERIES = 8
FRAME = {"plant", "source_health", "check_result"}
MARTS = ("fct_case", "fct_touch", "agg_touch_map", "fct_intervention", "fct_automation", "agg_kpi")


@pytest.fixture(scope="module")
def opened(demo_warehouse):
    return warehouse.open(warehouse=demo_warehouse)


@pytest.fixture(scope="module")
def touches(opened) -> list[dict]:
    return warehouse.read(opened, "touch_map", workflow=None).to_pylist()


def change(own, *statements: str) -> None:
    with duckdb.connect(str(own / warehouse.current_version(own))) as con:
        for statement in statements:
            con.execute(statement)


def part(text: str, name: str) -> str:
    """What a table of this caption shows."""
    return text.partition(f"<caption>{escape(name)}</caption>")[2].partition("</table>")[0]


def test_share_without_a_person_is_that_of_the_kpi(open_page, opened):
    start, end = opened.as_of.date() - timedelta(days=4 * 7 - 1), opened.as_of.date() + timedelta(days=1)
    kpi = catalog.load()["no_touch_share"]
    found = measure.values(opened, kpi, start, end, by="workflow").to_pylist()
    shown = part(open_page("touch_map").text, "Orders processed without a person")
    for row in found:
        line = shown.partition(texts.workflow(row["cut"]))[2].partition("</tr>")[0]
        first = line.split("</td>")[1]
        assert readable.share(row["value"]) in first and f"n = {readable.number(row['n'])}" in first


def test_few_orders_have_no_interval(open_page, own):
    change(own, f"delete from fct_case where plant = '{LYON}' and hash(record_id) % 10 > 0")
    assert "too few: 20 needed" in open_page("touch_map", warehouse=own, plant=LYON).text


def test_every_step_that_people_touch_is_on_the_map_and_leads_to_its_orders(open_page, touches):
    text = open_page("touch_map", flow="purchase").text
    for row in touches:
        if row["workflow"] == "purchase" and row["touched_order_count"] >= 0.2 * row["order_count"]:
            assert texts.touched_there(row) in text and texts.sentence(row["kind"]) in text
    assert "step=approval+requested&touched=approved" in text


def test_singapore_approves_within_seconds_and_lyon_saves_without_a_change(open_page, touches):
    shown = part(open_page("touch_map").text, "Touches that changed nothing")
    lines = {line.partition(">")[2]: line for line in shown.split("<tr>")[2:]}
    approved = next(line for line in lines.values() if ">Approved<" in line and "Singapore" in line)
    row = next(row for row in touches if (row["plant"], row["kind"]) == (SINGAPORE, "approved") and row["empty_count"])
    assert row["empty_share"] > 0.3 and readable.share(row["empty_share"]) in approved
    assert all("Lyon" in line for line in lines.values() if ">Saved without a change<" in line)


def test_people_are_named_only_where_asked_and_allowed(open_page, monkeypatch, opened):
    [worst, *_] = warehouse.read(opened, "touch_person").to_pylist()
    assert "Whose touches changed nothing" not in open_page("touch_map").text
    assert worst["person"] in part(open_page("touch_map", people="true").text, "Whose touches changed nothing")
    monkeypatch.setattr(data, "sees_names", lambda: False)
    page = open_page("touch_map", people="true")
    assert not page.app.toggle and "Whose touches changed nothing" not in page.text


def test_the_first_candidate_is_the_one_that_spares_most(open_page, touches):
    found = touch.candidates(touches, touches)
    shown = part(open_page("touch_map").text, "What to automate next")
    lines = shown.split("<tr>")[2:]
    for one, line in zip(found, lines, strict=False):
        assert f">{texts.sentence(one.kind)}<" in line and readable.number(round(one.orders)) in line


def test_what_singapore_has_automated_is_shown_beside_lyon(open_page, touches):
    found = {(one.workflow, one.kind): one for one in touch.candidates(touches, touches)}
    assert found["production", "confirmed"].least[0] == SINGAPORE
    assert found["production", "confirmed"].most[0] == LYON
    line = part(open_page("touch_map", plant=LYON).text, "What to automate next").partition(">Confirmed<")[2]
    assert "Lyon" in line.partition("</tr>")[0] and "Singapore" in line.partition("</tr>")[0]


def test_interventions_are_counted_by_kind_and_lyon_enters_most_afterwards(open_page, opened):
    start, end = opened.as_of.date() - timedelta(days=26 * 7 - 1), opened.as_of.date() + timedelta(days=1)
    asked = {"from_on": start, "to_on": end, "before_on": start, "trend_on": start}
    counts: dict[str, int] = {}
    for row in warehouse.read(opened, "intervention_week", **asked).to_pylist():
        if row["kind"] == "back-dated entry":
            counts[row["plant"]] = counts.get(row["plant"], 0) + row["now_count"]
    assert max(counts, key=counts.get) == LYON
    shown = part(open_page("touch_map", plant=LYON, weeks="26").text, "Manual interventions")
    line = shown.partition("by_hand=back-dated+entry")[2].partition("</tr>")[0]
    assert f">{readable.number(counts[LYON])}<" in line
    cases = warehouse.read(opened, "intervention", intervention="back-dated entry", plants=[LYON]).to_pylist()
    text = open_page("touch_map", by_hand="back-dated entry", plant=LYON).text
    assert all(row["name"] in text for row in cases) and cases[0]["intervened_by"] in text
    assert f"id={cases[0]['document_id']}" in text
    assert texts.INTERVENTION_NONE in open_page("touch_map", by_hand="nothing").text


def test_a_step_leads_to_its_orders_and_they_to_their_timelines(open_page, opened):
    asked = {"workflow": "purchase", "stands_at": "approval requested", "touched": "approved", "plant": SINGAPORE}
    rows = warehouse.read(opened, "touch", **asked).to_pylist()
    text = open_page("touch_map", flow="purchase", step="approval requested", touched="approved", at=SINGAPORE).text
    assert rows[0]["changed_nothing"] and all(f"id={row['record_id']}" in text for row in rows)
    assert rows[0]["rule"] in text and rows[0]["person"] in text
    assert texts.TOUCH_GONE in open_page("touch_map", step="nowhere", touched="nothing").text


def test_automation_that_does_not_work_is_told(open_page, opened):
    rows = warehouse.read(opened, "automation").to_pylist()
    text = open_page("touch_map").text
    wrong = [row for row in rows if row["state"] in ("failing", "late", "never ran")]
    assert wrong and all(row["name"] in part(text, "Automation that does not work") for row in wrong)
    assert f"{len(wrong)} of {len(rows)}" in text


def test_first_day_is_a_page_that_says_so(open_page, own):
    change(own, *(f"delete from {mart}" for mart in MARTS))
    text = open_page("touch_map", warehouse=own).text
    assert texts.NOT_LOADED not in text
    wanted = (
        texts.NO_ORDERS, texts.TOUCH_NONE, texts.EMPTY_NONE, texts.CANDIDATES_NONE, texts.INTERVENTIONS_NONE,
        texts.NO_AUTOMATION,
    )  # fmt: skip
    assert [words for words in wanted if words not in text] == []


def test_a_plant_without_data_leaves_the_others(open_page, own):
    change(own, *(f"delete from {mart} where plant = '{SINGAPORE}'" for mart in MARTS if mart != "fct_automation"))
    text = open_page("touch_map", warehouse=own).text
    assert texts.NOT_LOADED not in text and "Lyon" in text
    assert texts.NOT_LOADED not in open_page("touch_map", warehouse=own, plant=SINGAPORE).text


def test_stale_data_are_marked(open_page, monkeypatch):
    now = readable.utc_now()
    monkeypatch.setattr(readable, "utc_now", lambda: now + timedelta(hours=27))
    assert "Stale: the data is from" in open_page("touch_map").text


def test_a_part_that_cannot_be_read_leaves_the_others(open_page, own):
    change(own, "drop table agg_touch_map")
    text = open_page("touch_map", warehouse=own).text
    assert "was published before it held" in text and part(text, "Manual interventions") and texts.KPI_LINES in text


def test_a_page_asks_no_more_than_eight_queries(open_page, own, monkeypatch):
    asked, read = [], warehouse.read
    monkeypatch.setattr(warehouse, "read", lambda *of, **given: asked.append(of[1]) or read(*of, **given))
    open_page("touch_map", warehouse=own, people="true")
    assert 0 < len([one for one in asked if one not in FRAME]) <= MOST_QUERIES, asked


def test_the_page_follows_plant_and_clock(open_page):
    text = open_page("touch_map", plant=LYON, clock="working", weeks="13").text
    assert texts.NOT_LOADED not in text and "plant=Alder+France" in text and "clock=working" in text
