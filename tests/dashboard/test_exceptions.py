"""The exceptions page over the demo plants: the queue, its kinds, what is new and gone, and what is decided."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from datetime import timedelta
from html import escape

import duckdb
import pytest

from dashboard import exception_view, texts, unblock_view
from queries import catalog, decision, exception, readable, warehouse

SINGAPORE = "Alder Asia/SIN"
MOST_QUERIES = 8
NONE_OPEN = ("bill_receipt_mismatch", "landed_cost_missing", "negative_stock")
FRAME = {"plant", "source_health", "check_result"}


@pytest.fixture(scope="module")
def rows(demo_warehouse) -> list[dict]:
    opened = warehouse.open(warehouse=demo_warehouse)
    found = warehouse.read(opened, "open_exception").to_pylist()
    return exception.with_states(found, [], opened.as_of)


def change(folder, *statements: str, version: str | None = None) -> None:
    with duckdb.connect(str(folder / (version or warehouse.current_version(folder)))) as con:
        for statement in statements:
            con.execute(statement)


def part(text: str, name: str) -> str:
    """What a table of this caption shows."""
    return text.partition(f"<caption>{escape(name)}</caption>")[2].partition("</table>")[0]


def queue(page) -> list[str]:
    """The records of the queue's page, in their order."""
    return re.findall(r'<td data-label="What"><a href="[^"]*"[^>]*>([^<]*)</a>', part(page.text, "What needs somebody"))


def yesterday(own) -> str:
    """A file published a day before the current one, in which one exception was not found yet and another still was."""
    name = warehouse.current_version(own)
    at = warehouse._moment(name) - timedelta(days=1)
    before = f"ops_{at:%Y%m%dT%H%M%SZ}.duckdb"
    shutil.copy(own / name, own / before)
    change(own, "update version set as_of = as_of - interval 1 day", version=before)
    return before


def test_the_queue_has_everything_the_worst_first(open_page, rows):
    page = open_page("exceptions")
    assert queue(page) == [row["name"] for row in rows[: exception_view.SIZE]]
    assert f"1 to {exception_view.SIZE} of {len(rows)}" in page.text
    ranks = [(not row["is_overdue"], row["severity"] != "high") for row in rows]
    assert ranks == sorted(ranks)
    overdue = sum(row["is_overdue"] for row in rows)
    assert f"{overdue} of {len(rows)}" in page.text


def test_a_further_page_is_a_link(open_page, rows):
    page = open_page("exceptions", page_queue="2")
    assert queue(page) == [row["name"] for row in rows[exception_view.SIZE : 2 * exception_view.SIZE]]
    last = -(-len(rows) // exception_view.SIZE)
    assert page.leads_to("page_queue", str(last)) == {"page_queue": [str(last)]}
    for nonsense in ("999", "0", "-1", "two"):
        assert queue(open_page("exceptions", page_queue=nonsense)) == queue(open_page("exceptions"))


def test_the_queue_is_narrowed_by_kind_severity_and_person(open_page, rows):
    kind = "waiting_approval"
    who = next(row["responsible"] for row in rows if row["exception"] == kind and row["plant"] == SINGAPORE)
    wanted = [
        row["name"] for row in rows
        if (row["exception"], row["plant"], row["severity"]) == (kind, SINGAPORE, "high") and row["responsible"] == who
    ]  # fmt: skip
    page = open_page("exceptions", kind=kind, severity="high", who=who, plant=SINGAPORE)
    assert queue(page) == wanted != []
    assert catalog.exceptions()[kind].remedy in page.text
    assert all("kind=waiting_approval" in link for link in re.findall(r'href="(\?[^"]*exception=[^"]*)"', page.text))


def test_who_takes_over_has_what_is_overdue(open_page, rows):
    row = next(row for row in rows if row["is_overdue"] and row["exception"] == "late_receipt")
    page = open_page("exceptions", kind="late_receipt", who=row["fallback"])
    wanted = [one for one in rows if one["exception"] == "late_receipt" and one["is_overdue"]]
    assert len(queue(page)) == len(wanted) and f"overdue: {row['fallback']} takes over" in page.text


def test_what_is_no_choice_narrows_nothing(open_page, rows):
    page = open_page("exceptions", kind="nothing", severity="dreadful", who="Nobody", **{"is": "so"})
    assert f"of {len(rows)}" in page.text and [page.picked(key) for key in ("kind", "who")] == ["", ""]


def test_every_kind_is_told_with_its_definition_and_remedy(open_page, rows):
    text = open_page("exceptions").text
    counts = {kind: sum(row["exception"] == kind for row in rows) for kind in catalog.exceptions()}
    for kind, rule in catalog.exceptions().items():
        assert rule.title in text and rule.definition in text and texts.sentence(rule.remedy) in text
        assert f"kind={kind}" in text or not counts[kind]


def test_a_kind_of_which_none_is_open_is_told_apart_from_one_that_cannot_be_told(open_page, own):
    change(
        own,
        f"delete from fct_exception where exception in {NONE_OPEN}",
        "update source_state set absent = true where source = 'stock_landed_cost'",
        "update cfg_exception set is_off = true where exception = 'negative_stock'",
    )
    shown = part(open_page("exceptions", warehouse=own).text, "Kinds of which none is open")
    rules = catalog.exceptions()
    state = {kind: shown.partition(rules[kind].title)[2].partition("</tr>")[0] for kind in NONE_OPEN}
    assert "✓</b>none open" in state["bill_receipt_mismatch"]
    assert "cannot be told: stock_landed_cost: absent" in state["landed_cost_missing"]
    assert "switched off in ops.toml" in state["negative_stock"]


def test_what_is_new_and_what_is_gone_since_a_day_ago(open_page, own, rows):
    assert "no file published a day ago is kept" in open_page("exceptions").text
    named = Counter(row["name"] for row in rows)
    new = next(row for row in rows if row["exception"] != "short_order" and named[row["name"]] == 1)
    old = next(row for row in rows if row["exception"] == "short_order")
    one = "delete from fct_exception where name = '{name}' and exception = '{exception}'"
    change(own, one.format(**new), version=yesterday(own))
    change(own, one.format(**old))
    page = open_page("exceptions", warehouse=own, **{"is": "new"})
    assert queue(page) == [new["name"]]
    assert old["name"] in part(page.text, "No longer found")


def test_an_exception_tells_what_to_do_and_what_waits_for_it(open_page, rows):
    row = next(row for row in rows if row["exception"] == "waiting_approval" and row["due_soon_count"])
    text = open_page("exceptions", exception=row["subject"], plant=SINGAPORE, part="3", severity="high").text
    assert texts.NOT_LOADED not in text
    assert row["detail"] in text and texts.sentence(row["remedy"]) in text
    assert "<caption>Orders it holds up</caption>" in text and f"id={row['record_id']}" in text
    assert texts.EXCEPTION_GONE in open_page("exceptions", exception="exception:none:demo:sale.order,1").text


def decide(page, what: str, why: str = "", **given) -> None:
    app = page.app
    app.selectbox[0].set_value(what)
    [owner, who, reason] = app.text_input
    owner.set_value(given.get("owner", "")), who.set_value("Bo"), reason.set_value(why)
    app.button[0].click().run()
    assert not app.error, app.error


def test_what_is_decided_stands_in_the_queue_and_in_the_unblock_list(open_page, own, rows):
    row = next(row for row in rows if row["exception"] == "waiting_approval" and row["due_soon_count"])
    decide(open_page("exceptions", warehouse=own, exception=row["subject"]), "assignment", owner="Ann")
    [kept] = decision.decisions(own)
    assert (kept.subject, kept.plant) == (row["subject"], row["plant"])
    assert "owned by Ann" in open_page("exceptions", warehouse=own, kind="waiting_approval").text
    assert "owned by Ann" in open_page("unblock", warehouse=own).text


def test_a_record_muted_in_the_unblock_list_is_put_aside_here(open_page, own, rows):
    row = next(row for row in rows if row["exception"] == "waiting_approval" and row["due_soon_count"])
    address = unblock_view.address(row)
    decide(open_page("unblock", warehouse=own, stuck=address), "mute", "the vendor is closed")
    page = open_page("exceptions", warehouse=own, kind="waiting_approval")
    assert row["name"] not in queue(page) and texts.put_aside(1) in page.text
    assert "the vendor is closed" in open_page("exceptions", warehouse=own, exception=row["subject"]).text


def test_decisions_that_cannot_be_read_cost_the_states_and_not_the_queue(open_page, own, rows):
    (own / "decisions.sqlite").write_bytes(b"half a file" * 100)
    page = open_page("exceptions", warehouse=own)
    assert texts.NOT_LOADED in page.text and len(queue(page)) == exception_view.SIZE


def test_first_day_is_a_page_that_says_so(open_page, own):
    change(own, "delete from fct_exception")
    text = open_page("exceptions", warehouse=own).text
    assert texts.NOT_LOADED not in text and texts.EXCEPTION_NONE in text and "✓</b>none open" in text


def test_a_plant_without_data_leaves_the_others(open_page, own):
    change(own, f"delete from fct_exception where plant = '{SINGAPORE}'")
    assert "Lyon" in open_page("exceptions", warehouse=own).text
    text = open_page("exceptions", warehouse=own, plant=SINGAPORE).text
    assert texts.NOT_LOADED not in text and texts.EXCEPTION_NONE in text


def test_stale_data_are_marked(open_page, monkeypatch):
    now = readable.utc_now()
    monkeypatch.setattr(readable, "utc_now", lambda: now + timedelta(hours=27))
    assert "Stale: the data is from" in open_page("exceptions").text


def test_a_part_that_cannot_be_read_leaves_the_others(open_page, own):
    change(own, "drop table cfg_exception")
    page = open_page("exceptions", warehouse=own)
    assert "was published before it held" in page.text and len(queue(page)) == exception_view.SIZE


def test_a_page_asks_no_more_than_eight_queries(open_page, own, monkeypatch):
    yesterday(own)
    asked, read = [], warehouse.read
    monkeypatch.setattr(warehouse, "read", lambda *of, **given: asked.append(of[1]) or read(*of, **given))
    open_page("exceptions", warehouse=own)
    assert 0 < len([one for one in asked if one not in FRAME]) <= MOST_QUERIES, asked
