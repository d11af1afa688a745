"""An Odoo that was upgraded between two refreshes, *constructed*: same database and ids, other names, rows touched."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pytest

from etl import refresh, status
from etl.source import discover
from queries import config, warehouse
from tests.conftest import SILENT, SOAK
from tests.etl.constructed_odoo import ConstructedOdoo, Served, served
from tests.etl.constructed_run import environment, kpi_rows, plans, run, true_rows, work
from tests.etl.constructed_scene import Scene

UPGRADES = [(14, 15), (15, 16), (16, 17), (17, 18), (18, 19)]
TRIED = UPGRADES if SOAK else [(16, 17), (18, 19)]  # what changes most
# What an upgrade itself changes in a row, so that a new version of the row opens: source -> why.
TOUCHED = {"res_partner_bank": "who touched it last, and when, are columns of it"}
CHANGES = {
    (14, 15): {},
    (15, 16): {"ir_model_fields_selection": "a label was renamed"},
    (16, 17): {
        "ir_model_fields_selection": "a label was renamed",
        "mrp_production": "what nobody started has its plan as start",
        "mrp_workorder": "what nobody started has its plan as start",
    },
    (17, 18): {
        "ir_model_fields_selection": "a label was renamed",
        "product_template": "storable products are consumables with a mark",
    },
    (18, 19): {
        "ir_cron_progress": "when it ended is the date of its last change",
        "mrp_workorder": "the state pending is called blocked",
        "purchase_order": "the state done is gone",
        "uom_uom": "factors are the other way round",
    },
}
# Rows that an upgrade takes away: the field that is somebody's own, its changes (from 17 on they stay in Odoo, but are
# no longer read because nothing says what they are of), the label of a state.
GONE = {
    (14, 15): {"ir_model_fields": 1, "mail_tracking_value": 3},
    (15, 16): {"ir_model_fields": 1, "mail_tracking_value": 3},
    (16, 17): {"ir_model_fields": 1, "mail_tracking_value": 3},
    (17, 18): {"ir_model_fields": 1, "mail_tracking_value": 3},
    (18, 19): {"ir_model_fields": 1, "ir_model_fields_selection": 2, "mail_tracking_value": 3},
}
EVENTS = """select event_id, record_id, activity, field, old_value, new_value, old_label, new_text, event_at, actor_id
    from fct_event order by event_id"""


@dataclass
class Case:
    """A database that was read, upgraded, and read again; `before` is a copy of the warehouse in between."""

    versions: tuple[int, int]
    served: Served
    folder: Path
    before: Path
    outcome: refresh.Outcome
    said: list[str] = field(default_factory=list)


def upgraded(version: int, later: bool = False) -> ConstructedOdoo:
    return ConstructedOdoo(version, Scene(version, upgraded_from=version - 1, later=later).rows)


@pytest.fixture(scope="module", params=TRIED, ids=lambda pair: f"constructed-{pair[0]}-to-{pair[1]}")
def case(request, tmp_path_factory):
    old, new = request.param
    folder = tmp_path_factory.mktemp(f"constructed{old}to{new}")
    with served(ConstructedOdoo(old, Scene(old).rows)) as odoo:
        run(odoo, folder / "now")
        shutil.copytree(folder / "now", folder / "before")
        odoo.odoo = upgraded(new)
        outcome, said = run(odoo, folder / "now")
        yield Case(request.param, odoo, folder / "now", folder / "before", outcome, said)


def test_it_is_told_and_booked(case):
    old, new = case.versions
    sentence = f"odoo went from Odoo {old}.0 to {new}.0: every row is read again"
    assert f"{sentence}, the history is kept." in case.said
    newest, first = status.read(case.folder)["runs"]
    assert (newest["status"], newest["message"]) == ("published", sentence)
    assert (first["status"], first["message"]) == ("published", None)
    assert work(case.folder, "select version from odoo_instance") == [(f"{new}.0",)]


def test_it_is_a_change_between_the_two_refreshes(case):
    old, new = case.versions
    opened = warehouse.open(warehouse=case.folder)
    found = opened.cursor().sql("select * from fct_change_marker").to_arrow_table().to_pylist()
    runs = work(case.folder, "select as_of from run order by as_of")
    assert {(row["kind"], row["name"], row["after_at"], row["changed_at"]) for row in found} == {
        ("Odoo upgrade", f"Odoo {old}.0 to {new}.0", runs[0][0], runs[1][0])
    }
    plants = {plant for (plant,) in opened.cursor().sql("select plant from dim_plant").fetchall()}
    assert {row["plant"] for row in found} == plants
    before = warehouse.open(warehouse=case.before).cursor()
    assert before.sql("select count(*) from fct_change_marker").fetchall() == [(0,)]


def test_every_row_of_every_source_is_read_again(case):
    assert {item.source: item.read for item in case.outcome.loaded} == {
        item.source: item.row_count for item in case.outcome.loaded
    }
    partly = work(case.folder, "select source from source_state where not absent and full_at is distinct from read_at")
    assert {name for (name,) in partly} & set(discover()) == set()


def test_numbers_and_events_of_the_past_stay_as_they_were(case):
    truth = true_rows(Scene(case.versions[0]).truth)
    assert kpi_rows(case.before) == truth
    assert kpi_rows(case.folder) == truth
    assert plans(case.folder) == plans(case.before) != {}
    then, now = (
        warehouse.open(warehouse=folder).cursor().sql(EVENTS).fetchall() for folder in (case.before, case.folder)
    )
    assert [row for row in then if row[2] == "x lane changed"]
    assert now == then
    assert warehouse.read(warehouse.open(warehouse=case.folder), "unmatched_label").num_rows == 0


def test_only_what_the_upgrade_changed_opens_a_new_version(case):
    loaded = {item.source: item for item in case.outcome.loaded}
    assert {name for name, item in loaded.items() if item.changed} == set(TOUCHED | CHANGES[case.versions])
    assert {name: item.closed for name, item in loaded.items() if item.closed} == GONE[case.versions]
    assert {name for name, item in loaded.items() if item.new} == set()
    why = work(case.folder, "select distinct _closed_by from raw.mail_tracking_value where _closed_by is not null")
    assert why == [("deleted" if case.versions[1] <= 16 else "left",)]


def test_every_version_of_a_row_from_before_is_kept(case):
    with duckdb.connect() as con:
        for name, folder in (("past", case.before), ("present", case.folder)):
            con.execute(f"attach '{folder / 'work.duckdb'}' as {name} (read_only)")
        for name, source in discover().items():
            fields = [
                dict(con.execute(f"select source, fields from {db}.source_state").fetchall())
                for db in ("past", "present")
            ]
            moved = _moved(*(fields_of.get(name) for fields_of in fields))
            same = [column for column in source.columns if column not in moved]
            key = " and ".join(f"now.{column} = old.{column}" for column in (*source.key, "_valid_from"))
            differs = " or ".join(f"now.{column} is distinct from old.{column}" for column in same)
            lost = con.execute(
                f"""select count(*) from past.raw.{name} as old left join present.raw.{name} as now on {key}
                    where now.id is null or {differs}"""
            ).fetchone()
            assert lost == (0,), name


def _moved(then: str, now: str) -> set[str]:
    """Columns that come from another Odoo field now: these are filled."""
    import json

    old, new = json.loads(then), json.loads(now)
    return {column for column in new if new[column] and old.get(column) != new[column]}


def test_a_plan_that_odoo_forgot_is_kept(case):
    """Odoo 17 has no fields for the plan any more: what was known of finished orders stays."""
    old, _ = case.versions
    if old <= 16:
        statement = "select planned_start_at from raw.mrp_production where name = 'MO/00001' and _valid_from = ({})"
        first = "select min(_valid_from) from raw.mrp_production"
        assert work(case.folder, statement.format(first)) == work(case.before, statement.format(first)) != [(None,)]
    [(kept,)] = work(case.folder, "select count(*) from stg_stock_lot")
    assert kept == 1


def test_a_field_that_was_dropped_still_names_its_changes(case):
    found = work(case.folder, "select distinct field_id from stg_mail_tracking_value_last where new_label = 'left'")
    assert found == [(103,)]


def test_the_next_runs_go_on_as_ever(case):
    case.served.odoo = upgraded(case.versions[1], later=True)
    outcome, said = run(case.served, case.folder)
    assert not [sentence for sentence in said if "went from" in sentence]
    truth = true_rows(Scene(case.versions[1], upgraded_from=case.versions[0], later=True).truth)
    assert kpi_rows(case.folder) == truth != true_rows(Scene(case.versions[0]).truth)
    assert {item.source for item in outcome.loaded if item.new} == {"mail_message", "mail_tracking_value"}
    assert {item.source: item.changed for item in outcome.loaded if item.changed} == {"mrp_production": 3}
    assert not [item for item in outcome.loaded if item.closed]


@pytest.fixture(scope="module")
def read_before(tmp_path_factory) -> Path:
    """A warehouse that a constructed Odoo 16 was read into."""
    folder = tmp_path_factory.mktemp("constructed16")
    with served(ConstructedOdoo(16, Scene(16).rows)) as odoo:
        run(odoo, folder)
    return folder


@pytest.fixture
def folder(read_before, tmp_path) -> Path:
    """A copy of it."""
    return shutil.copytree(read_before, tmp_path / "copy")


def broken_off(odoo: Served, folder: Path) -> None:
    """A refresh that is stopped while it reads."""

    def stop(source: str, done: int, total: int) -> None:
        if source == "mrp_production":
            raise KeyboardInterrupt

    with environment(odoo.environment), pytest.raises(KeyboardInterrupt):
        refresh.refresh(folder, config.load(), refresh.Progress(SILENT.say, stop, SILENT.building))


@pytest.mark.parametrize("asked", [{"only": ("open",)}, {"days": 3}], ids=str)
def test_an_upgrade_reads_everything_whatever_was_asked_for(asked, folder):
    with served(upgraded(17)) as odoo:
        outcome, _ = run(odoo, folder, **asked)
    assert {item.source for item in outcome.loaded} >= set(discover())
    assert all(item.read == item.row_count for item in outcome.loaded)


def test_a_run_from_before_is_not_resumed_and_one_from_after_is(folder):
    with served(ConstructedOdoo(16, Scene(16).rows)) as odoo:
        broken_off(odoo, folder)
        odoo.odoo = upgraded(17)
        broken_off(odoo, folder)
        assert work(folder, "select version from odoo_instance") == [("16.0",)]
        assert len(list((folder / "landing").iterdir())) == 3
        outcome, said = run(odoo, folder)
    assert len([sentence for sentence in said if sentence.startswith("Finishing the run")]) == 1
    assert len([sentence for sentence in said if "went from Odoo 16.0 to 17.0" in sentence]) == 1
    runs = work(folder, "select status, message from run order by run")
    assert [state for state, _ in runs] == ["published", "failed", "loaded", "published"]
    assert runs[2][1].startswith("odoo went from Odoo 16.0 to 17.0") and runs[3][1] is None
    assert kpi_rows(folder) == true_rows(Scene(16).truth)
    assert not [item for item in outcome.loaded if item.new or item.changed or item.closed]
