"""Working time equals what a real Odoo 19 counts by the same calendars between the same moments."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from etl.demo.fill import fields_of
from etl.source import discover
from etl.table import to_table
from queries import warehouse
from queries.config import Config, Plant
from tests.live.conftest import Login, server
from tests.live.player import Player
from tests.rows import at, order

pytestmark = pytest.mark.live

SCRIPT = (Path(__file__).parent / "odoo_calendars.py").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def counted(odoo) -> dict:
    """Rows of random calendars as Odoo stores them, and the hours it counts."""
    said = server("shell", SCRIPT + "\ncount(env)\n")
    assert said.returncode == 0, said.stderr
    [line] = [line for line in said.stdout.splitlines() if line.startswith("CALENDARS=")]
    return json.loads(line.removeprefix("CALENDARS="))


@pytest.fixture(scope="module")
def built(counted, build):
    """A plant for each calendar, which ops.toml names."""
    records = {}
    for model, rows in counted["rows"].items():
        source = discover()[model.replace(".", "_")]
        table = to_table(source, fields_of(source, rows), rows, "test", None)
        records[source.name] = table.select(list(source.columns)).to_pylist()
    names = {company["id"]: company["name"] for company in counted["companies"]}
    calendars = records["resource_calendar"]
    config = Config(
        plants=tuple(
            Plant(f"P{row['id']}", names[row["company_id"]], f"W{row['id']}", calendar=row["name"]) for row in calendars
        )
    )
    return build(
        as_of=at("2027-03-01 08:00"),
        config=config,
        mrp_production=[order(1, created_at=at("2025-01-01 00:00"))],
        res_company=counted["companies"],
        stock_warehouse=[
            {"id": row["id"], "code": f"W{row['id']}", "company_id": row["company_id"]} for row in calendars
        ],
        **records,
    )


def test_working_time_is_what_odoo_counts(counted, built):
    cases = counted["cases"]
    values = ", ".join(
        f"({n}, 'test', 'P{calendar}', timestamp '{start}', timestamp '{end}')"
        for n, (calendar, start, end, _) in enumerate(cases)
    )
    found = built.rows(
        f"""with one as (from (values {values}) as v (n, instance, plant, started_at, ended_at))
            select n, working_seconds from with_clocks('one', 'dim_calendar', $as_of)""",
        as_of=built.as_of,
    )
    ours = {row["n"]: row["working_seconds"] for row in found}
    # Odoo leaves the last second of a closure open, and the last microsecond of a day closed.
    closures = sum(row["date_to"].endswith(":59") for row in counted["rows"]["resource.calendar.leaves"])
    wrong = [
        (case, ours[n], hours * 3600)
        for n, case in enumerate(cases)
        for hours in [case[3]]
        if abs(ours[n] - hours * 3600) > 0.001 + (min(closures, 8) if ours[n] < hours * 3600 else 0)
    ]
    assert not wrong, (len(wrong), wrong[:3])
    assert len(cases) == 2400 and sum(case[3] > 0 for case in cases) > 1000


@pytest.fixture
def shifts(odoo):
    """A calendar that is open every morning, and its openings; gone after the test."""
    player = Player(odoo, None)
    hours = [{"name": "work", "dayofweek": str(day), "hour_from": 0, "hour_to": 12} for day in range(7)]
    values = {"name": "Edited shifts", "tz": "UTC", "attendance_ids": [(0, 0, one) for one in hours]}
    calendar = player.call("admin", "resource.calendar", "create", values)
    [row] = player.call("admin", "resource.calendar", "read", [calendar], ["attendance_ids"])
    yield player, row["attendance_ids"]
    player.call("admin", "resource.calendar", "unlink", [calendar])
    player.close()


def test_an_edit_in_odoo_counts_from_its_moment_on(shifts, login, tmp_path):
    player, openings = shifts
    [(company,)] = player.sql("select name from res_company where id = 1")
    (tmp_path / "ops.toml").write_text(
        f'[plant.EDITED]\ncompany = "{company}"\nwarehouse = "WH"\ncalendar = "Edited shifts"\n'
    )
    configured = Login(login.environment | {"OPS_CONFIG": str(tmp_path / "ops.toml")})
    configured.refresh(tmp_path)
    player.call("admin", "resource.calendar.attendance", "write", openings, {"hour_to": 24})
    configured.refresh(tmp_path)
    opened = warehouse.open(warehouse=tmp_path)
    today = opened.as_of.replace(hour=0, minute=0, second=0)
    hours = opened.cursor().sql(
        """with day as (
                select instance, plant, unnest($starts::timestamp[]) as started_at,
                    started_at + interval 1 day as ended_at
                from dim_plant where plant = 'EDITED')
            select working_seconds / 3600 from with_clocks('day', 'dim_calendar', $as_of) order by started_at""",
        params={"starts": [today + timedelta(days=n) for n in (-30, -2, 2, 30)], "as_of": today + timedelta(days=60)},
    )
    assert [value for (value,) in hours.fetchall()] == [12, 12, 24, 24]
