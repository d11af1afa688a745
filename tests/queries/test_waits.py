"""Who orders wait for, per plant and per order: over a few rows, in the demo plants, and by command."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from etl.demo.truths import LYON, MILWAUKEE, SCARCE_NAME, SINGAPORE, TULSA
from queries import catalog, measure, warehouse
from queries.__main__ import app
from tests.conftest import KPIS, MARTS, Chatter
from tests.marts.test_dim_calendar import week
from tests.rows import at, order

MO = "mrp.production"
HOUR = 3600
SHORT = {"state": ("Draft", "Confirmed"), "reservation_state": ("", "Waiting")}


@pytest.fixture(scope="module")
def built(build):
    """Three completed orders, drafts for 2, 4 and 6 hours; the last one short for 10 more, while its purchase waits for
    approval for 4 of them; and one that is open. All between Monday 8:00 and the next morning."""
    chatter = Chatter()
    for id, released, done in ((1, "10:00", "11:00"), (2, "12:00", "13:00")):
        chatter.say(f"2026-01-05 {released}", MO, id, state=("Draft", "Confirmed"), reservation_state=("", "Ready"))
        chatter.say(f"2026-01-05 {done}", MO, id, state=("Confirmed", "Done"))
    chatter.say("2026-01-05 14:00", MO, 3, **SHORT)
    chatter.say("2026-01-05 16:00", "purchase.order", 1, state=("RFQ", "To Approve"))
    chatter.say("2026-01-05 20:00", "purchase.order", 1, state=("To Approve", "Purchase Order"))
    chatter.say("2026-01-06 00:00", MO, 3, state=("Confirmed", "Done"), reservation_state=("Waiting", ""))
    purchase = {"id": 1, "name": "P1", "origin": "WH/MO/00003", "state": "purchase", "company_id": 1}
    return build(
        at("2026-01-07"),
        mrp_production=[*(order(id, state="done") for id in (1, 2, 3)), order(4)],
        purchase_order=[purchase | {"picking_type_id": 3, "created_at": at("2026-01-05 15:00")}],
        resource_calendar_attendance=week((8, 18), days=range(7)),  # 7 to 17 in UTC
        **chatter.records,
    )


def listed(built, name: str, **given) -> list[dict]:
    built.need("dim_plant_calendar", *catalog.depends_on(catalog.lists()[name].sql, MARTS))
    return warehouse.read(
        SimpleNamespace(cursor=built._connection.cursor, as_of=built.as_of, moment=built.moment), name, **given
    ).to_pylist()


def by_owner(built, clock: str) -> dict[str, dict]:
    return {row["owner"]: row for row in listed(built, "wait_pareto", plant=None, clock=clock)}


def test_hours_share_and_median_of_each_owner(built):
    found = by_owner(built, "elapsed")
    assert {owner: (row["seconds"] / HOUR, row["n"]) for owner, row in found.items()} == {
        "planner": (2 + 4 + 6, 3),
        "work center": (1 + 1, 2),
        "approver": (1, 1),  # of its four hours the plant is open in one
        "supplier or stock": (2, 1),
        "closed": (7, 1),
    }
    assert found["planner"]["share"] == pytest.approx(12 / 24) and found["planner"]["median_seconds"] == 4 * HOUR
    assert {row["order_count"] for row in found.values()} == {3}
    assert {owner: row["n_open"] for owner, row in found.items() if row["n_open"]} == {"planner": 1}
    assert next(iter(found)) == "planner", "the most hours first"


def test_orders_that_an_owner_held_the_longest_first(built):
    found = listed(built, "wait_order", plant="Nord/WH", owner="planner")
    assert [(row["record_id"], row["held_seconds"] / HOUR, row["outcome"]) for row in found[-3:]] == [
        (3, 6, "completed"),
        (2, 4, "completed"),
        (1, 2, "completed"),
    ]
    assert [(row["record_id"], row["last_owner"], row["ended_at"]) for row in found[:-3]] == [(4, "planner", None)]
    [short] = listed(built, "wait_order", plant="Nord/WH", owner="supplier or stock")
    assert (short["record_id"], short["lead_seconds"] / HOUR, short["held_seconds"] / HOUR) == (3, 16, 2)
    assert [row["record_id"] for row in listed(built, "wait_order", plant="Nord/WH", owner="closed")][-1] == 3
    assert listed(built, "wait_order", plant="Süd/WH", owner="planner") == []
    assert len(listed(built, "wait_order", plant="Nord/WH", owner=None)) == 4


def test_what_freeing_an_owner_gives_at_least_and_at_most(built):
    """Lead times are 3, 5 and 16 hours; without the drafts 1, 1 and 10. While the approver holds the order, so does its
    supplier: freeing the approver may give nothing, or all of the four hours."""
    found = by_owner(built, "elapsed")
    ends = ("lead_p50", "lead_p85", "freed_p50", "freed_p85", "freed_most_p85")
    assert [found["planner"][end] / HOUR for end in ends] == [5, 16, 1, 10, 10]
    assert [found["approver"][end] / HOUR for end in ends] == [5, 16, 5, 16, 12]
    assert [found["supplier or stock"][end] / HOUR for end in ends] == [5, 16, 5, 14, 10]


def test_nobody_frees_the_hours_in_which_a_plant_is_closed(built):
    found = by_owner(built, "elapsed")["closed"]
    assert found["lead_p85"] == 16 * HOUR and found["seconds"] > 0
    assert {name: value for name, value in found.items() if name.startswith("freed")} == dict.fromkeys(
        ("freed_p50", "freed_p85", "freed_most_p50", "freed_most_p85")
    )


def test_by_working_time_nothing_is_closed(built):
    found = by_owner(built, "working")
    assert "closed" not in found and found["planner"]["lead_p85"] == 9 * HOUR
    assert sum(row["share"] for row in found.values()) == pytest.approx(1)


def test_without_a_calendar_it_says_why_nothing_is_closed(build):
    chatter = Chatter().say("2026-01-06 08:00", MO, 1, state=("Confirmed", "Done"))
    [row] = listed(
        build(mrp_production=[order(1, state="done")], **chatter.records), "wait_pareto", plant=None, clock="elapsed"
    )
    assert (row["owner"], row["seconds"]) == ("nobody", 24 * HOUR)
    assert row["calendar_gap"] == "the work calendar number 1 has no working hours"


def test_no_order_no_line(build):
    assert listed(build(), "wait_pareto", plant=None, clock="elapsed") == []


def test_the_waterfall_of_an_order(built):
    rows = listed(built, "order_wait", order="wh/mo/00003", plant=None)
    assert [(row["owner"], row["losers"], row["elapsed_seconds"] / HOUR) for row in rows] == [
        ("planner", [], 6),
        ("supplier or stock", [], 2),
        ("approver", ["supplier or stock"], 4),
        ("supplier or stock", [], 4),
    ]


# The demo plants.


@pytest.fixture(scope="module")
def opened(demo_warehouse):
    return warehouse.open(warehouse=demo_warehouse)


@pytest.fixture(scope="module")
def pareto(opened) -> dict[tuple[str, str], dict]:
    rows = warehouse.read(opened, "wait_pareto", plant=None, clock="elapsed").to_pylist()
    return {(row["plant"], row["owner"]): row for row in rows}


def per_order(pareto, plant: str, owner: str, what: str = "seconds") -> float:
    """Hours of an owner per completed order of the plant."""
    row = pareto[plant, owner]
    return row[what] / row["order_count"] / HOUR


def test_shares_of_a_plant_add_up(pareto):
    for plant in (MILWAUKEE, LYON, SINGAPORE, TULSA):
        assert sum(row["share"] or 0 for (of, _), row in pareto.items() if of == plant) == pytest.approx(1)


@pytest.mark.parametrize("other", [MILWAUKEE, SINGAPORE, TULSA])
def test_the_slow_approver_and_the_scarce_component_of_lyon_are_found(pareto, other):
    assert per_order(pareto, LYON, "approver") > 4 * per_order(pareto, other, "approver")
    assert pareto[LYON, "approver"]["median_seconds"] > 2 * pareto[other, "approver"]["median_seconds"]
    material = ("supplier or stock", "quality")
    assert sum(per_order(pareto, LYON, owner) for owner in material) > 1.5 * sum(
        per_order(pareto, other, owner) for owner in material if (other, owner) in pareto
    )


def test_lyon_waits_for_the_scarce_component_most(opened):
    rows = opened.cursor().sql(
        """select component from fct_wait where plant = $plant and component is not null
            group by component order by sum(open_seconds) desc limit 1""",
        params={"plant": LYON},
    )
    [(component,)] = rows.fetchall()
    assert SCARCE_NAME in component


@pytest.mark.parametrize("other", [MILWAUKEE, LYON, TULSA])
def test_the_slow_hand_over_of_singapore_is_found(pareto, other):
    ratio = per_order(pareto, SINGAPORE, "work center", "before_seconds") / per_order(
        pareto, other, "work center", "before_seconds"
    )
    assert 1.4 < ratio < 4


def test_the_twins_cannot_be_told_apart(pareto):
    for owner in ("work center", "planner", "closed", "nobody", "supplier or stock"):
        assert 1 / 1.5 < per_order(pareto, MILWAUKEE, owner) / per_order(pareto, TULSA, owner) < 1.5, owner


def test_the_kpi_has_lines_as_far_as_it_reaches(opened):
    weeks = measure.scoreboard(opened, "wait_time", period="week").to_pylist()
    starts = {row["period_start"] for row in weeks}
    assert len(starts) in (26, 27) and all(row["value"] for row in weeks if row["plant"] is None and row["is_final"])
    assert (
        len({row["period_start"] for row in measure.scoreboard(opened, "throughput", period="week").to_pylist()}) > 52
    )
    assert KPIS["throughput"].reach is None


def test_a_reader_of_one_plant_sees_only_its_own(demo_warehouse):
    scope = warehouse.Scope(frozenset({LYON}), sees_names=False)
    opened = warehouse.open(scope, demo_warehouse)
    rows = warehouse.read(opened, "wait_pareto", plant=None, clock="elapsed").to_pylist()
    assert {row["plant"] for row in rows} == {LYON}
    held = opened.cursor().sql("select distinct held_by from fct_wait where held_by is not null").fetchall()
    assert held and all(name.startswith("person ") for (name,) in held)


@pytest.fixture(scope="module")
def call(demo_warehouse):
    def run(*arguments: str) -> tuple[int, str, str]:
        environment = {"OPS_WAREHOUSE": str(demo_warehouse), "COLUMNS": "220"}
        result = CliRunner().invoke(app, ["waits", *arguments], env=environment)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result.exit_code, result.stdout, result.stderr

    return run


def test_the_command_shows_the_pareto(call, pareto):
    code, out, _ = call("--json")
    rows = json.loads(out)
    assert code == 0 and len(rows) == len(pareto)
    assert rows[0].keys() >= {
        "plant",
        "owner",
        "seconds",
        "share",
        "n",
        "freed_p50",
        "freed_most_p85",
        "clock",
        "as_of",
    }
    _, out, _ = call("--plant", LYON)
    ends = {row.split(LYON)[1].split()[0]: row for row in out.splitlines() if LYON in row}
    assert ends["planner"].count(", ") == 3 and ends["closed"].count(", ") == 1, "of a closed plant only the lead time"
    code, out, _ = call("--plant", LYON, "--clock", "working")
    assert code == 0 and "approver" in out and MILWAUKEE not in out and "closed" not in out


def test_the_command_shows_an_order_stretch_by_stretch(call, opened):
    [(name, plant, lead)] = (
        opened.cursor()
        .sql(
            """select name, any_value(plant), sum(elapsed_seconds) from fct_wait
            group by instance, record_id, name order by count(*) desc, name limit 1"""
        )
        .fetchall()
    )
    code, out, _ = call(name, "--plant", plant, "--json")
    rows = json.loads(out)
    assert code == 0 and sum(row["elapsed_seconds"] for row in rows) == pytest.approx(lead, abs=1e-6)
    code, out, _ = call(name, "--plant", plant)
    assert code == 0 and name in out and "ready, not begun" in out


def test_what_cannot_be_shown_is_said_in_one_sentence(call, opened):
    for arguments, words in (
        (("WH/MO/NONE",), "write its name as in Odoo"),
        (("--plant", "X"), "there is no plant 'X'"),
        (("--clock", "lunar"), "there is no lunar clock"),
    ):
        code, _, err = call(*arguments)
        assert code == 1 and words in err and err.count("\n") == 1
    names = opened.cursor().sql(
        """select name, min(plant) from fct_production_order where name in (
            select name from fct_production_order group by name having count(distinct plant) > 1)
            group by name order by min(created_at) limit 1"""
    )
    [(name, plant)] = names.fetchall()
    code, _, err = call(name)
    assert code == 1 and "say which with --plant" in err
    code, _, err = call(name, "--plant", plant)
    assert code == 1 and "ended before the last 26 weeks" in err
