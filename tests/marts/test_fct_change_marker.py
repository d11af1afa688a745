"""Changes that may move KPIs: what is news of automation rules, scheduled actions, upgrades and roll-outs."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from queries import catalog
from queries.config import Config, Marker, Plant
from tests.rows import at, versions

PRODUCTION, MAIL = {"id": 1, "model": "mrp.production"}, {"id": 2, "model": "mail.mail"}
BOTH = {"Nord/WH", "South/WH"}


def rule(id: int, seen: str = "2026-01-05 06:00", **values) -> dict:
    row = {"id": id, "name": f"Rule {id}", "model_id": 1, "active": True, "created_by_id": 2}
    return row | {"created_at": at("2025-10-01 09:30"), "seen": seen} | values


def cron(id: int, seen: str = "2026-01-05 06:00", **values) -> dict:
    row = {"id": id, "name": f"Action {id}", "action_id": 100 + id, "active": True}
    return row | {"created_at": at("2025-10-01 09:30"), "seen": seen} | values


def action(id: int, created_by: int | None = 1, model: int = 2, **values) -> dict:
    return {"id": 100 + id, "name": f"Action {id}", "model_id": model, "created_by_id": created_by} | values


def markers(built, columns="name, kind, after_at, changed_at, time_quality") -> list[tuple]:
    rows = built.rows(f"select distinct {columns} from fct_change_marker order by all")
    return [tuple(row.values()) for row in rows]


@pytest.fixture(scope="module")
def observed(build):
    return build(
        ir_model=[PRODUCTION, MAIL],
        base_automation=[
            *versions(rule(1), rule(1, "2026-01-07 06:00", active=False), rule(1, "2026-01-09 06:00", name="Renamed")),
            *versions(rule(2, created_by_id=1)),  # a module brought it
            *versions(rule(3, active=False)),  # nobody knows when it was on
            *versions(rule(4, created_by_id=1), rule(4, "2026-01-07 06:00", created_by_id=1, name="Other name")),
            {
                key: value
                for key, value in rule(5, created_by_id=1).items()
                if key != "seen"
            } | {"_valid_from": at("2026-01-05 06:00"), "_valid_to": at("2026-01-08 06:00"),
                 "_seen_at": at("2026-01-08 05:00"), "_closed_by": "deleted"},
        ],
        ir_cron=[
            *versions(cron(1), cron(1, "2026-01-06 06:00", active=False)),
            *versions(cron(2)),
            *versions(cron(3, remaining_calls=1), cron(3, "2026-01-06 06:00", active=False, remaining_calls=0)),
            *versions(cron(4)),
        ],
        ir_actions_server=[action(1), action(2, created_by=2), action(3), action(4, created_by=None)],
    )  # fmt: skip


def test_what_people_created_and_what_was_switched_between_two_refreshes_is_news(observed):
    created = at("2025-10-01 09:30")
    assert markers(observed) == [
        ("Action 1", "scheduled action switched off", at("2026-01-06 05:00"), at("2026-01-06 06:00"), "snapshot"),
        ("Action 2", "scheduled action created", created, created, "exact"),
        ("Renamed", "rule created", created, created, "exact"),
        ("Renamed", "rule switched off", at("2026-01-07 05:00"), at("2026-01-07 06:00"), "snapshot"),
        ("Renamed", "rule switched on", at("2026-01-09 05:00"), at("2026-01-09 06:00"), "snapshot"),
        ("Rule 5", "rule deleted", at("2026-01-08 05:00"), at("2026-01-08 06:00"), "snapshot"),
    ]


def test_a_change_touches_the_plants_of_its_odoo_and_leads_to_its_record(observed):
    rows = observed.rows("select * from fct_change_marker where kind = 'rule switched off'")
    assert {row["plant"] for row in rows} == BOTH
    assert {(row["record_model"], row["record_id"], row["instance"]) for row in rows} == {
        ("base.automation", 1, "test")
    }
    assert {(tuple(row["models"]), row["kpis"]) for row in rows} == {(("mrp.production",), None)}
    [cron] = observed.rows(
        "select * from fct_change_marker where kind like '%action switched off' and plant = 'Nord/WH'"
    )
    assert (cron["models"], cron["record_model"], cron["record_id"]) == (["mail.mail"], "ir.cron", 1)


def test_more_than_three_of_a_kind_at_once_are_one_change(build):
    built = build(
        ir_model=[PRODUCTION, MAIL],
        base_automation=[rule_ for id in range(1, 4) for rule_ in versions(rule(id))],
        ir_cron=[
            row for id in range(1, 6) for row in versions(cron(id), cron(id, "2026-01-06 06:00", active=False))
        ],
        ir_actions_server=[action(id, model=1 if id == 5 else 2) for id in range(1, 6)],
    )  # fmt: skip
    assert [name for name, *_ in markers(built)] == [
        "5 scheduled actions at once: Action 1, Action 2, Action 3, Action 4, Action 5",
        *("Rule 1", "Rule 2", "Rule 3"),
    ]
    [row] = built.rows("select * from fct_change_marker where kind like 'scheduled%' and plant = 'Nord/WH'")
    assert (row["record_id"], sorted(row["models"])) == (None, ["mail.mail", "mrp.production"])


def test_before_odoo_17_name_and_model_are_those_of_the_action(build):
    built = build(
        ir_model=[PRODUCTION],
        base_automation=versions(rule(1, name=None, model_id=None, action_id=101)),
        ir_actions_server=[action(1, model=1)],
    )
    assert markers(built, "name, models") == [("Action 1", ["mrp.production"])]


def test_an_upgrade_lies_between_two_refreshes_and_touches_every_plant_of_its_odoo(build):
    built = build()
    con = built.connection
    con.execute("delete from odoo_version")
    for version, first, last in (
        ("18.0", "2025-10-01", "2026-01-04 22:00"),
        ("19.0", "2026-01-05 06:00", "2026-02-01"),
    ):
        con.execute("insert into odoo_version values ('test', ?, ?, ?)", [version, at(first), at(last)])
    con.execute("insert into odoo_version values ('other', '19.0', '2025-01-01', '2026-01-01')")
    rows = built.rows(catalog.marts()["fct_change_marker"].sql)
    assert {row["plant"] for row in rows} == BOTH
    assert {(row["name"], row["kind"], row["after_at"], row["changed_at"]) for row in rows} == {
        ("Odoo 18.0 to 19.0", "Odoo upgrade", at("2026-01-04 22:00"), at("2026-01-05 06:00"))
    }


@pytest.fixture(scope="module")
def configured(build):
    day = date(2026, 1, 12)
    config = Config(
        plants=(Plant("LIL", "Nord", "WH"),),
        markers=(
            Marker("Everywhere", day),
            Marker("In Lille", day, plants=("LIL",), kpis=("release_lead_time",), owner="Anna", note="two lines"),
            Marker("Nowhere", day, plants=("ATLANTIS",)),
            Marker("Rule 1", plants=("LIL",), owner="Pierre"),
            Marker("No such rule", kpis=("release_lead_time",)),
        ),
    )
    return build(config=config, ir_model=[PRODUCTION], base_automation=[*versions(rule(1)), *versions(rule(2))])


def test_roll_outs_touch_the_plants_they_name_or_all(configured):
    day = datetime(2026, 1, 12)
    found = markers(configured, "name, plant, kind, changed_at, time_quality, kpis, owner, note")
    assert found == [
        ("Everywhere", "LIL", "roll-out", day, "date", None, None, None),
        ("Everywhere", "South/WH", "roll-out", day, "date", None, None, None),
        ("In Lille", "LIL", "roll-out", day, "date", ["release_lead_time"], "Anna", "two lines"),
        ("Nowhere", None, "roll-out", day, "date", None, None, None),
        ("Rule 1", "LIL", "rule created", at("2025-10-01 09:30"), "exact", None, "Pierre", None),
        *(("Rule 2", plant, "rule created", at("2025-10-01 09:30"), "exact", None, None, None)
          for plant in ("LIL", "South/WH")),
    ]  # fmt: skip


def test_what_ops_toml_says_of_nothing_is_told(configured, build):
    sql = catalog.checks()["configured_marker_without_change"].sql
    assert [tuple(row.values()) for row in configured.rows(f"from ({sql}) order by name")] == [
        ("No such rule", ""),
        ("Nowhere", "ATLANTIS"),
    ]
    assert build().rows(sql) == []


def flow(seen: str = "2026-01-05 06:00", **values) -> dict:
    row = {"id": 7, "workflow_id": "wf7", "name": "Send order", "active": True, "is_archived": False}
    return row | {"created_at": at("2025-10-01 09:30"), "seen": seen, "instance": "prod"} | values


def test_flows_of_n8n_touch_the_plant_of_their_tag_and_the_models_of_their_runs(build):
    run = {"workflow_id": "wf7", "odoo_model": "stock.picking", "odoo_id": 5, "instance": "prod"}
    built = build(
        n8n_workflow=versions(
            flow(), flow("2026-01-07 06:00", active=False), flow("2026-01-09 06:00", plant="South/WH")
        ),
        n8n_execution=[run | {"id": 1}, run | {"id": 2}, run | {"id": 3, "odoo_model": None}],
    )
    created, seen = at("2025-10-01 09:30"), at("2026-01-09 05:00")
    assert markers(built) == [
        ("Send order", "flow created", created, created, "exact"),
        ("Send order", "flow switched off", at("2026-01-07 05:00"), at("2026-01-07 06:00"), "snapshot"),
        ("Send order", "flow switched on", seen, at("2026-01-09 06:00"), "snapshot"),
    ]
    rows = built.rows("select * from fct_change_marker")
    assert {row["plant"] for row in rows if row["kind"] == "flow switched on"} == {"South/WH"}
    assert {row["plant"] for row in rows if row["kind"] == "flow switched off"} == BOTH
    assert {(row["instance"], row["record_id"], tuple(row["models"])) for row in rows} == {
        ("test", None, ("stock.picking",))
    }
