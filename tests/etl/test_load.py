"""Raw history: what opens, closes and fills a row."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pyarrow as pa
import pytest

from etl import landing, load
from etl.source import Source, column
from etl.table import to_table

ORDER = Source(
    model="mrp.production",
    name="mrp_production",
    without="nothing",
    fields={"name": column("char"), "state": column("selection"), "parts": column("many2many", "move_ids")},
)
MESSAGE = Source(model="mail.message", name="mail_message", without="", kind="append", fields={"body": column("char")})


@pytest.fixture
def work(tmp_path):
    con = load.open_work(tmp_path)
    yield con
    con.close()


class Refresher:
    """Lands and loads rows of one source, run after run."""

    def __init__(self, con, folder):
        self.con, self.folder, self.number = con, folder, 0

    def __call__(
        self, source, rows, *, everything=None, opened=None, fields=None, swept=True, instance="odoo"
    ) -> load.Loaded:
        """Loads `rows` (as Odoo returns them); `everything` is the ids Odoo has, by default those of the rows, and
        `opened` those of them that are open, by default all."""
        self.number += 1
        moment = datetime(2026, 1, self.number)
        run = self.folder / "landing" / moment.strftime(landing.RUN_FORMAT)
        fields = fields or {name: (f.candidates or (name,))[0] for name, f in source.fields.items()}
        if rows:
            table = to_table(source, fields, [{"write_date": "2026-01-01 00:00:00"} | row for row in rows], instance)
            landing.write_table(landing.page_path(run, source, instance, 0), table)
        ids = [row["id"] for row in rows] if everything is None else everything
        plan = {
            "id": pa.array(ids, pa.int64()),
            "is_open": pa.array([opened is None or id in opened for id in ids], pa.bool_()),
        }
        landing.write_table(landing.plan_path(run, source, instance), pa.table(plan))
        gone = sorted(set(load.known(self.con, source, instance).ids.tolist()) - set(ids)) if swept else []
        if gone:
            table = pa.table({"id": gone, "reason": ["deleted"] * len(gone)})
            landing.write_table(landing.gone_path(run, source, instance), table)
        landing.write_done(run, source, instance, {"absent": False, "fields": fields, "ids": len(ids), "swept": swept})
        return load.load_source(self.con, source, instance, run, moment)

    def history(self, source) -> list[tuple]:
        columns = ", ".join(c for c in source.columns if c != "instance")
        return self.con.execute(
            f"""select {columns}, day(_valid_from), day(_valid_to), _closed_by
                from raw.{source.name} order by id, _valid_from"""
        ).fetchall()


@pytest.fixture
def refresher(work, tmp_path):
    return Refresher(work, tmp_path)


def test_a_changed_row_is_closed_and_its_new_version_opened(refresher):
    refresher(ORDER, [{"id": 1, "name": "A", "state": "draft", "move_ids": [3, 2]}])
    loaded = refresher(ORDER, [{"id": 1, "name": "A", "state": "done", "move_ids": [2, 3]}])
    assert (loaded.new, loaded.changed, loaded.closed) == (0, 1, 0)
    assert refresher.history(ORDER) == [
        (1, "A", "draft", [2, 3], 1, 2, "change"),
        (1, "A", "done", [2, 3], 2, None, None),
    ]


def test_the_same_row_again_changes_nothing_even_with_its_list_in_another_order(refresher):
    refresher(ORDER, [{"id": 1, "name": "A", "state": False, "move_ids": [3, 2]}])
    loaded = refresher(ORDER, [{"id": 1, "name": "A", "state": False, "move_ids": [2, 3]}])
    assert (loaded.new, loaded.changed, loaded.closed) == (0, 0, 0)
    assert len(refresher.history(ORDER)) == 1


def test_a_row_that_was_not_read_but_is_still_there_stays_open(refresher):
    refresher(ORDER, [{"id": 1, "name": "A", "state": "draft", "move_ids": []}])
    loaded = refresher(ORDER, [], everything=[1])
    assert (loaded.closed, loaded.row_count) == (0, 1)


def test_a_vanished_row_is_closed_and_may_come_back(refresher):
    row = {"id": 1, "name": "A", "state": "draft", "move_ids": []}
    refresher(ORDER, [row])
    assert refresher(ORDER, []).closed == 1
    assert refresher.con.execute("select count(*) from stg_mrp_production").fetchall() == [(0,)]
    assert refresher(ORDER, [row]).new == 1
    assert [entry[4:] for entry in refresher.history(ORDER)] == [(1, 2, "deleted"), (3, None, None)]


def test_the_last_view_keeps_what_was_deleted_and_follows_what_came_back(refresher):
    row = {"id": 1, "name": "A", "state": "draft", "move_ids": []}
    refresher(ORDER, [row, row | {"id": 2}])
    refresher(ORDER, [row | {"state": "done"}])
    last = "select id, state, day(gone_at), gone_by from stg_mrp_production_last order by id"
    assert refresher.con.execute(last).fetchall() == [(1, "done", None, None), (2, "draft", 2, "deleted")]
    refresher(ORDER, [row | {"state": "done"}, row | {"id": 2, "state": "confirmed"}])
    assert refresher.con.execute(last).fetchall() == [(1, "done", None, None), (2, "confirmed", None, None)]


def test_a_change_lies_between_when_the_old_row_was_last_seen_and_when_the_new_one_was(refresher):
    row = {"id": 1, "name": "A", "state": "draft", "move_ids": []}
    refresher(ORDER, [row])
    refresher(ORDER, [], everything=[1])
    refresher(ORDER, [row | {"state": "done"}])
    seen = "select state, day(seen_at), day(valid_to) from stg_mrp_production_history order by valid_from"
    assert refresher.con.execute(seen).fetchall() == [("draft", 2, 3), ("done", None, None)]


def test_a_row_that_vanished_was_last_seen_when_all_ids_were_compared_or_while_it_was_open(refresher):
    ended, still_open = {"id": 1, "name": "A", "state": "done", "move_ids": []}, {"id": 2, "name": "B", "state": "a"}
    watched = replace(ORDER, open_domain=(("state", "!=", "done"),))
    refresher(watched, [ended, still_open | {"move_ids": []}], opened=[2])
    refresher(watched, [still_open | {"move_ids": []}], opened=[2], swept=False)
    assert refresher(watched, []).closed == 2
    seen = "select id, day(seen_at), day(gone_at) from stg_mrp_production_last order by id"
    assert refresher.con.execute(seen).fetchall() == [(1, 1, 3), (2, 2, 3)]


def test_who_wrote_last_goes_with_a_change_and_makes_none(refresher):
    source = replace(ORDER, fields=ORDER.fields | {"last_writer_id": column("many2one", "write_uid", compared=False)})
    row = {"id": 1, "name": "A", "state": "draft", "move_ids": []}
    refresher(source, [row | {"write_uid": 2}])
    assert refresher(source, [row | {"write_uid": 5}]).changed == 0
    assert refresher(source, [row | {"state": "done", "write_uid": 7}]).changed == 1
    versions = "select state, last_writer_id from raw.mrp_production order by _valid_from"
    assert refresher.con.execute(versions).fetchall() == [("draft", 2), ("done", 7)]


def test_old_versions_of_changed_rows_are_dropped_and_what_was_deleted_stays(refresher):
    row = {"id": 1, "name": "A", "state": "draft", "move_ids": []}
    refresher(ORDER, [row, row | {"id": 2}])
    refresher(ORDER, [row | {"state": "confirmed"}])
    refresher(ORDER, [row | {"state": "done"}])
    assert load.drop_old_versions(refresher.con, [ORDER], datetime(2026, 1, 2)) == 0
    assert load.drop_old_versions(refresher.con, [ORDER, MESSAGE], datetime(2026, 1, 3)) == 1
    assert [(entry[0], entry[2], entry[6]) for entry in refresher.history(ORDER)] == [
        (1, "confirmed", "change"),
        (1, "done", None),
        (2, "draft", "deleted"),
    ]


def test_a_partial_look_closes_nothing(refresher):
    refresher(ORDER, [{"id": 1, "name": "A", "state": "draft", "move_ids": []}])
    assert refresher(ORDER, [], swept=False).closed == 0


def test_a_new_field_is_filled_and_rewrites_no_history(refresher):
    refresher(ORDER, [{"id": 1, "name": "A", "state": "draft", "move_ids": []}])
    wider = Source(model=ORDER.model, name=ORDER.name, without="", fields=ORDER.fields | {"origin": column("char")})
    loaded = refresher(wider, [{"id": 1, "name": "A", "state": "draft", "move_ids": [], "origin": "S1"}])
    assert (loaded.new, loaded.changed) == (0, 0)
    assert refresher.con.execute("select origin from raw.mrp_production").fetchall() == [("S1",)]
    changed = refresher(wider, [{"id": 1, "name": "A", "state": "draft", "move_ids": [], "origin": "S2"}])
    assert changed.changed == 1


def test_a_field_that_comes_from_another_odoo_field_opens_no_version(refresher):
    refresher(ORDER, [{"id": 1, "name": "A", "state": "draft", "move_ids": [7]}])
    moved = {"name": "name", "state": "state", "parts": "move_line_ids"}
    loaded = refresher(ORDER, [{"id": 1, "name": "A", "state": "draft", "move_line_ids": [8]}], fields=moved)
    assert loaded.changed == 0
    assert refresher.history(ORDER) == [(1, "A", "draft", [8], 1, None, None)]


def test_a_field_that_odoo_has_no_more_stays_as_it_was(refresher):
    row = {"id": 1, "name": "A", "state": "draft", "move_ids": [7]}
    refresher(ORDER, [row])
    gone = {"name": "name", "state": "state", "parts": None}
    assert refresher(ORDER, [row], fields=gone).changed == 0
    assert refresher(ORDER, [row], fields=gone).changed == 0
    assert refresher(ORDER, [row | {"state": "done"}], fields=gone).changed == 1
    assert refresher.history(ORDER) == [(1, "A", "draft", [7], 1, 4, "change"), (1, "A", "done", None, 4, None, None)]
    assert refresher(ORDER, [row | {"state": "done", "move_ids": [8]}]).changed == 0
    assert refresher.history(ORDER)[1] == (1, "A", "done", [8], 4, None, None)


def test_appended_rows_are_filled_from_a_moved_field_and_lose_nothing(refresher):
    refresher(MESSAGE, [{"id": 1, "body": "a"}, {"id": 2, "body": False}])
    moved = [{"id": 1, "text": False}, {"id": 2, "text": "b"}]
    refresher(MESSAGE, moved, fields={"body": "text"})
    assert [row[:2] for row in refresher.history(MESSAGE)] == [(1, "a"), (2, "b")]


def test_a_row_read_twice_in_one_run_counts_once_with_its_latest_state(refresher):
    early = {"id": 1, "name": "A", "state": "draft", "move_ids": [], "write_date": "2026-01-01 10:00:00"}
    loaded = refresher(ORDER, [early, early | {"state": "done", "write_date": "2026-01-01 10:05:00"}])
    assert (loaded.new, refresher.history(ORDER)[0][2]) == (1, "done")


def test_two_odoos_keep_apart(refresher):
    row = {"id": 1, "name": "A", "state": "draft", "move_ids": []}
    refresher(ORDER, [row], instance="europe")
    refresher(ORDER, [row | {"state": "done"}], instance="asia")
    assert refresher(ORDER, [], instance="asia").closed == 1
    assert refresher.con.execute("select instance, state from stg_mrp_production").fetchall() == [("europe", "draft")]


def test_appended_rows_are_kept_once_and_never_rewritten(refresher):
    refresher(MESSAGE, [{"id": 1, "body": "a"}])
    loaded = refresher(MESSAGE, [{"id": 1, "body": "changed"}, {"id": 2, "body": "b"}])
    assert (loaded.new, loaded.changed) == (1, 0)
    assert [row[:2] for row in refresher.history(MESSAGE)] == [(1, "a"), (2, "b")]


def test_an_absent_model_leaves_an_empty_view_and_closes_nothing(work, tmp_path):
    run = tmp_path / "landing" / "20260101T000000Z"
    landing.write_done(
        run, ORDER, "odoo", {"absent": True, "fields": dict.fromkeys(ORDER.fields), "ids": 0, "swept": False}
    )
    loaded = load.load_source(work, ORDER, "odoo", run, datetime(2026, 1, 1))
    assert loaded.absent and set(loaded.missing) == {"name", "state", "parts"}
    assert work.execute("select count(*) from stg_mrp_production").fetchall() == [(0,)]


def test_the_watermark_never_goes_back(refresher):
    refresher(ORDER, [{"id": 1, "name": "A", "state": "a", "move_ids": [], "write_date": "2026-01-09 00:00:00"}])
    refresher(ORDER, [{"id": 2, "name": "B", "state": "a", "move_ids": [], "write_date": "2026-01-05 00:00:00"}])
    assert load.known(refresher.con, ORDER, "odoo").watermark == datetime(2026, 1, 9)


def test_a_second_writer_is_told_to_wait(tmp_path):
    import subprocess
    import sys

    con = load.open_work(tmp_path)
    try:
        code = f"from etl import load; from pathlib import Path; load.open_work(Path({str(tmp_path)!r}))"
        said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    finally:
        con.close()
    assert "another refresh is working in" in said.stderr


def versions(con) -> list[tuple]:
    return con.execute("select * from odoo_version order by instance, seen_from").fetchall()


def test_each_version_of_an_odoo_is_kept_with_when_it_was_seen_first_and_last(work):
    """Another build of a version, or its name over another way, is no upgrade."""
    days = [datetime(2026, 1, day) for day in range(1, 6)]
    for version, day in zip(("18.0-20251101", "18.0+e", "19.0", "19.0-20260101"), days, strict=False):
        load.book_version(work, "odoo", version, day)
    load.book_version(work, "other", "19.0", days[4])
    assert versions(work) == [
        ("odoo", "18.0", days[0], days[1]),
        ("odoo", "19.0", days[2], days[3]),
        ("other", "19.0", days[4], days[4]),
    ]


def test_a_warehouse_from_before_begins_with_the_version_of_its_last_load(tmp_path):
    con = load.open_work(tmp_path)
    con.execute("insert into odoo_instance values ('odoo', '', 'saas~18.2+e', 'json-2'), ('new', '', '19.0', 'json-2')")
    for source, day in (("a", 1), ("b", 2)):
        con.execute("insert into source_state (instance, source, read_at) values ('odoo', ?, ?)",
                    [source, datetime(2026, 1, day)])  # fmt: skip
    con.execute("drop table odoo_version")
    con.execute("drop table schema_version")  # nor were layouts numbered
    con.close()
    for _ in range(2):
        con = load.open_work(tmp_path)
        assert versions(con) == [("odoo", "saas~18.2", datetime(2026, 1, 2), datetime(2026, 1, 2))]
        con.close()
