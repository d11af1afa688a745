"""Maintenance over the demo plants: what is open, which machines fail, and one machine."""

from __future__ import annotations

from html import escape

import duckdb
import pytest

from dashboard import texts
from queries import maintenance, readable, warehouse

SINGAPORE, MILWAUKEE = "Alder Asia/SIN", "Alder Industries/WH"
PRESS = "Hydraulic press Singapore"


@pytest.fixture(scope="module")
def opened(demo_warehouse):
    return warehouse.open(warehouse=demo_warehouse)


def panel(text: str, name: str) -> str:
    return text.partition(f"<caption>{escape(name)}</caption>")[2].partition("</table>")[0]


def test_open_requests_lead_to_their_machine_and_timeline(open_page, opened):
    found = warehouse.read(opened, "open_maintenance").to_pylist()
    page = open_page("maintenance")
    shown = panel(page.text, "Open requests") + panel(page.text, "More: open requests")
    assert found and all(row["name"] in shown and f"id={row['record_id']}" in shown for row in found)
    assert "machine=" in shown and "at=" in shown
    assert texts.MAINTENANCE_STATE[maintenance.state(found[0])][2] in shown.partition("</tr>")[2].partition("</tr>")[0]


def test_machines_of_singapore_stand_still_longest(open_page):
    text = open_page("maintenance", weeks="26").text
    lost = panel(text, "Where time is lost") + panel(text, "More: where time is lost")
    [longest] = [row for row in lost.split("<tr>") if "width:100.0%" in row]
    assert "Singapore" in longest
    most = panel(text, "Machines that fail").partition("<tbody>")[2].partition("</tr>")[0]
    assert "Singapore" in most  # it has more failures than the others


def test_requests_are_narrowed_to_how_they_stand(open_page, opened):
    found = warehouse.read(opened, "open_maintenance").to_pylist()
    planned = [row for row in found if maintenance.state(row) == "planned"]
    page = open_page("maintenance", standing="planned")
    shown = panel(page.text, "Open requests") + panel(page.text, "More: open requests")
    assert 0 < len(planned) < len(found)
    assert {row["name"] for row in found if f"id={row['record_id']}&" in shown + "&"} <= {r["name"] for r in planned}


def test_a_machine_has_a_page_of_its_own(open_page, opened):
    of = {"machine": PRESS, "plant": SINGAPORE}
    requests = warehouse.read(opened, "machine_request", **of).to_pylist()
    stops = warehouse.read(opened, "machine_stop", **of).to_pylist()
    text = open_page("maintenance", machine=PRESS, at=SINGAPORE).text
    assert texts.NOT_LOADED not in text and "Asia/Singapore" in text
    assert requests[0]["name"] in panel(text, "Requests")
    assert readable.moment(stops[0]["started_at"], "Asia/Singapore") in panel(text, "Downtime")
    assert texts.MACHINE_GONE in open_page("maintenance", machine=PRESS, at=MILWAUKEE).text


def test_without_the_maintenance_module_nothing_is_said_to_be_fine(open_page, own):
    with duckdb.connect(str(own / warehouse.current_version(own))) as con:
        con.execute("delete from fct_maintenance_request")
        con.execute("delete from fct_maintenance_wait")
        con.execute("update source_state set absent = true where source = 'maintenance_request'")
    text = open_page("maintenance", warehouse=own).text
    assert texts.MAINTENANCE_UNREAD in text and texts.MAINTENANCE_NONE not in text
    assert "This Odoo does not have it" in text and "Failures open" not in text
    assert panel(text, "Where time is lost")  # logs of work centers are there


def test_a_request_of_which_nobody_knows_when_it_began_leaves_the_rest(open_page, own):
    with duckdb.connect(str(own / warehouse.current_version(own))) as con:
        con.execute("""update fct_maintenance_request set created_at = null where record_id = (
            select min(record_id) from fct_maintenance_request
            where status = 'open' and maintenance_type <> 'preventive')""")
    text = open_page("maintenance", warehouse=own).text
    assert texts.NOT_LOADED not in text and "The oldest failure" in text
