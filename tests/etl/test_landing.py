"""Landing: whole files or none, runs that resume, old runs that go."""

from datetime import datetime, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from etl import landing
from etl.source import Source

SOURCE = Source(model="m", name="m", without="", fields={})
NOW = datetime(2026, 1, 1, 12)


def test_an_unfinished_run_of_the_same_work_is_resumed(tmp_path):
    first, resumed = landing.start_run(tmp_path, NOW, "same")
    assert not resumed
    again, resumed = landing.start_run(tmp_path, NOW + timedelta(hours=1), "same")
    assert (again, resumed) == (first, True)


def test_other_work_a_finished_run_and_an_old_one_are_not_resumed(tmp_path):
    first, _ = landing.start_run(tmp_path, NOW, "same")
    other, resumed = landing.start_run(tmp_path, NOW + timedelta(hours=1), "another server")
    assert other != first and not resumed
    assert not landing.start_run(tmp_path, NOW + timedelta(hours=13, minutes=1), "another server")[1]
    landing.finish_run(first)
    assert landing.start_run(tmp_path, NOW + timedelta(hours=2), "same")[0] != first


def test_only_the_last_runs_are_kept(tmp_path):
    for hour in range(6):
        folder, _ = landing.start_run(tmp_path, NOW + timedelta(hours=hour), str(hour))
        landing.finish_run(folder)
    kept = sorted(path.name for path in (tmp_path / "landing").iterdir())
    assert kept == ["20260101T150000Z", "20260101T160000Z", "20260101T170000Z"]


def test_a_table_is_whole_or_absent(tmp_path, monkeypatch):
    path = tmp_path / "a" / "page.parquet"
    monkeypatch.setattr(
        landing.os, "fsync", lambda handle: (_ for _ in ()).throw(OSError(28, "No space left on device"))
    )
    with pytest.raises(OSError, match="No space left"):
        landing.write_table(path, pa.table({"id": [1]}))
    assert not path.exists()
    monkeypatch.undo()
    landing.write_table(path, pa.table({"id": [1]}))
    assert pq.read_table(path)["id"].to_pylist() == [1]


def test_a_source_is_done_only_when_said_so(tmp_path):
    assert landing.read_done(tmp_path, SOURCE, "odoo") is None
    landing.write_done(tmp_path, SOURCE, "odoo", {"ids": 3})
    assert landing.read_done(tmp_path, SOURCE, "odoo") == {"ids": 3}


def test_a_run_is_not_resumed_once_something_newer_was_loaded(tmp_path):
    """Its older pages would put back what has changed since."""
    landing.start_run(tmp_path, NOW, "same")
    newer, _ = landing.start_run(tmp_path, NOW + timedelta(hours=1), "everything")
    landing.finish_run(newer)
    folder, resumed = landing.start_run(tmp_path, NOW + timedelta(hours=2), "same")
    assert not resumed and folder.name == "20260101T140000Z"


def test_a_run_gets_a_name_of_its_own_even_within_one_second_or_after_the_clock_was_set_back(tmp_path):
    first, _ = landing.start_run(tmp_path, NOW, "one")
    second, resumed = landing.start_run(tmp_path, NOW, "two")
    third, _ = landing.start_run(tmp_path, NOW, "three")
    assert not resumed and len({first, second, third}) == 3


def test_a_file_that_could_not_be_written_leaves_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(landing.os, "fsync", lambda handle: (_ for _ in ()).throw(OSError(28, "No space left")))
    for write in (
        lambda: landing.write_table(tmp_path / "page.parquet", pa.table({"id": [1]})),
        lambda: landing.write_text_atomically(tmp_path / "CURRENT", "ops_x.duckdb"),
    ):
        try:
            write()
        except OSError:
            pass
        else:
            raise AssertionError("it was written")
    assert list(tmp_path.iterdir()) == []


def test_a_small_file_may_be_read_by_others_from_the_first_moment(tmp_path, monkeypatch):
    modes = []
    replace = landing.Path.replace
    monkeypatch.setattr(
        landing.Path, "replace", lambda part, to: (modes.append(part.stat().st_mode), replace(part, to))
    )
    landing.write_text_atomically(tmp_path / "CURRENT", "ops_x.duckdb", mode=0o644)
    assert [oct(mode)[-3:] for mode in modes] == ["644"]
