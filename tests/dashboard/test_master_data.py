"""Master data over the demo plants, and over what is missing, old or empty."""

from __future__ import annotations

from datetime import datetime, timedelta

import duckdb
import pytest

from dashboard import texts
from queries import catalog, master_data, readable, warehouse

SINGAPORE, LYON = "Alder Asia/SIN", "Alder France/WH"
ABOUT = {name: check for name, check in catalog.checks().items() if check.about == catalog.MASTER_DATA}


@pytest.fixture(scope="module")
def listed(demo_warehouse):
    opened = warehouse.open(warehouse=demo_warehouse)
    return lambda name, **given: warehouse.read(opened, name, **given).to_pylist()


def change(own, *statements: str) -> None:
    with duckdb.connect(str(own / warehouse.current_version(own))) as con:
        for statement in statements:
            con.execute(statement)


def panel(text: str, name: str) -> str:
    return text.partition(f"<caption>{name}</caption>")[2].partition("</table>")[0]


def test_every_fault_that_was_planted_is_there_and_the_costliest_first(open_page, listed):
    rows = listed("master_data_fault", plants=[])
    assert {row["check_name"] for row in rows} == set(ABOUT)
    worth = [row["amount"] for row in rows]
    known = [amount for amount in worth if amount is not None]
    assert known and worth[: len(known)] == sorted(known, reverse=True)
    text = open_page("master_data").text
    shown = panel(text, "Records to clean first")
    assert rows[0]["detail"] in shown and readable.money(rows[0]["amount"], rows[0]["currency"]) in shown
    assert "Needed by open orders" in text and texts.NOT_NEEDED in text


def test_checks_say_of_how_many(open_page, listed):
    """Lyon's butterfly valve is the one bill of materials of all plants that has no operations."""
    judged = {one.name: one for one in master_data.judged(listed("master_data_check"))}
    assert judged["bom_without_routing"].by_plant[LYON][0] == judged["bom_without_routing"].failed_count == 1
    assert all(0 < one.failed_count < one.judged_count for one in judged.values())
    text = open_page("master_data").text
    assert all(texts.wrong_of(one.failed_count, one.judged_count) in text for one in judged.values())
    assert "the first time on" in text


def test_records_are_narrowed_to_a_check_or_an_owner(open_page, listed):
    page = open_page("master_data", check="bom_without_routing")
    assert len(page.chosen("check")) == 1
    assert panel(page.text, "Records to clean first").count("<tr>") - 1 == 1
    rows = listed("master_data_fault", plants=[])
    own = [row for row in rows if row["owner"] == "Head of purchasing"]
    page = open_page("master_data", owner="Head of purchasing")
    assert panel(page.text, "Records to clean first").count("<tr>") - 1 == len(own) < len(rows)


def test_a_plant_sees_its_own_and_what_it_needs_of_what_is_shared(open_page, listed):
    text = open_page("master_data", plant=SINGAPORE).text
    shown = panel(text, "Records to clean first")
    rows = listed("master_data_fault", plants=[SINGAPORE])
    assert "OP/90001" in shown and "no operations" not in shown  # the one is Singapore's rule, the other Lyon's
    assert rows and all(row["plant"] == SINGAPORE or row["used_in"] == [SINGAPORE] for row in rows)


def test_data_health_leaves_master_data_to_this_page(open_page):
    page = open_page("data_health")
    text = page.text
    assert not [check.title for check in ABOUT.values() if check.title in text]
    assert "Every order belongs to a plant" in text and "wrong records" in text
    assert [link for link in page.links if "master data" in link.lower()]


def test_numbers_of_earlier_refreshes_stand_beside(open_page, own):
    change(own, """insert into check_count_history by name select * replace (as_of - interval 3 day as as_of,
                       'before' as run, failed_count + 4 as failed_count)
                   from check_count where check_name = 'duplicate_vendor'""")  # fmt: skip
    text = open_page("master_data", warehouse=own).text
    assert "before 5" in text and 'role="img"' in panel(text, "Checks")


def test_first_day_and_stale_data_say_so(open_page, own, monkeypatch):
    change(own, "delete from check_failure", "update check_result set failed_count = 0, status = 'pass'",
           "delete from check_count", "delete from check_count_history", "delete from agg_master_data_use")  # fmt: skip
    now = readable.utc_now()
    monkeypatch.setattr(readable, "utc_now", lambda: now + timedelta(hours=27))
    text = open_page("master_data", warehouse=own).text
    assert texts.NOT_LOADED not in text and texts.MASTER_DATA_NONE in text
    assert "Stale: the data is from" in text


def test_one_part_that_cannot_be_read_leaves_the_others(open_page, own):
    change(own, "drop table agg_master_data_use")
    text = open_page("master_data", warehouse=own).text
    assert "was published before it held" in text and texts.MASTER_DATA_CHECKS in text


def test_history_sums_up_the_plants():
    said = {"check_name": "a", "title": "A", "definition": "d", "severity": "warn", "owner": "o", "remedy": "r"}
    first, then = datetime(2026, 3, 1), datetime(2026, 3, 5)
    rows = [
        said | {"plant": "x", "judged_count": 9, "failed_count": 1, "as_of": then, "is_newest": True},
        said | {"plant": "x", "judged_count": 9, "failed_count": 3, "as_of": first, "is_newest": False},
        said | {"plant": "y", "judged_count": 4, "failed_count": 2, "as_of": first, "is_newest": True},
        said | {"plant": None, "judged_count": 1, "failed_count": 0, "as_of": first, "is_newest": False},  # gone since
    ]
    [one] = master_data.judged(rows)
    assert (one.failed_count, one.judged_count) == (3, 13)
    assert one.history == ((first, 5), (then, 3))
    assert [one.failed_count for one in master_data.judged(rows, ["y"])] == [2]
