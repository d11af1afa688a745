"""`etl sample`: what is forgotten between two refreshes is kept, and nothing counts twice."""

from __future__ import annotations

import errno
import shutil
from datetime import timedelta

import pytest

from etl import landing, load, refresh, sample
from etl.refresh import utc_now
from queries import config, warehouse
from tests.conftest import SILENT
from tests.etl.constructed_odoo import ConstructedOdoo, served
from tests.etl.constructed_run import run, work
from tests.etl.constructed_scene import Scene
from tests.etl.test_command_line import etl
from tests.live.conftest import environment

RUNS = "select status, has_failed from fct_integration_event where source = 'queue_job' and event_key like '%:two'"


def take(odoo, folder) -> int:
    with environment(odoo.environment):
        return sample.take(folder, config.load(), SILENT)


def versions(folder) -> list[tuple]:
    return work(folder, "select state, exc_name from stg_queue_job_history where uuid = 'two' order by valid_from")


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sample") / "warehouse"
    with served(ConstructedOdoo(19, Scene(19).rows)) as odoo:
        run(odoo, folder)
    return folder


@pytest.fixture
def folder(read, tmp_path):
    return shutil.copytree(read, tmp_path / "warehouse")


@pytest.fixture
def odoo():
    with served(ConstructedOdoo(19, Scene(19).rows)) as found:
        yield found


def job(odoo, **values) -> None:
    """The job that comes after the last refresh, as it is now."""
    jobs = odoo.odoo.rows["queue.job"]
    created = str(utc_now() - timedelta(hours=1))
    jobs.setdefault(2, jobs[1] | {"id": 2, "uuid": "two", "date_done": False, "date_created": created})
    jobs[2] |= values


def test_a_failure_between_two_refreshes_is_known_when_it_was_sampled(folder, odoo):
    job(odoo, state="failed", exc_name="Boom")
    assert take(odoo, folder) >= 1
    job(odoo, state="pending", exc_name=False, retry=0)
    take(odoo, folder)
    job(odoo, state="done", retry=1, date_started=str(utc_now()), date_done=str(utc_now()))
    assert not versions(folder)  # the work database is not touched
    before = work(folder, "select source, watermark, read_at from source_state order by all")
    con = load.open_work(folder)
    refresh.load_samples(con, folder)
    con.close()
    assert versions(folder) == [("failed", "Boom"), ("pending", None)]
    assert work(folder, "select source, watermark, read_at from source_state order by all") == before
    run(odoo, folder, only=("integrations",))
    assert [state for state, _ in versions(folder)] == ["failed", "pending", "done"]
    assert warehouse.open(warehouse=folder).cursor().sql(RUNS).fetchall() == [("success", True)]
    assert not landing.samples(folder)


def test_without_samples_it_is_not(folder, odoo):
    job(odoo, state="done", retry=1, date_started=str(utc_now()), date_done=str(utc_now()))
    run(odoo, folder, only=("integrations",))
    assert warehouse.open(warehouse=folder).cursor().sql(RUNS).fetchall() == [("success", False)]


def test_a_later_sample_reads_only_what_is_new_or_open(folder, odoo):
    take(odoo, folder)
    again, usual = take(odoo, folder), take(odoo, folder)  # the second makes sure of the newest rows before the first
    assert usual < again
    job(odoo, state="started")
    assert take(odoo, folder) == usual + 1


def test_what_samples_have_seen_does_not_pile_up_and_what_is_open_is_not_forgotten(folder, odoo, monkeypatch):
    def known() -> list[tuple]:
        con = load.open_work(folder, landing.SAMPLES_KNOWN)
        try:
            return con.sql("select id, state from raw.queue_job order by id, _valid_from").fetchall()
        finally:
            con.close()

    monkeypatch.setattr(sample, "KEEP", 3)
    job(odoo, state="failed")
    jobs = odoo.odoo.rows["queue.job"]
    jobs |= {number: jobs[2] | {"id": number, "uuid": str(number), "state": "done"} for number in range(3, 9)}
    take(odoo, folder)
    take(odoo, folder)
    assert known() == [(2, "failed"), (6, "done"), (7, "done"), (8, "done")]
    usual = take(odoo, folder)
    job(odoo, state="done", date_done=str(utc_now()))
    assert take(odoo, folder) == usual
    assert known() == [(6, "done"), (7, "done"), (8, "done")]
    monkeypatch.undo()
    run(odoo, folder, only=("integrations",))
    assert [state for state, _ in versions(folder)] == ["failed", "done"]
    assert work(folder, "select count(*) from stg_queue_job") == [(8,)]


def test_a_sample_older_than_what_was_read_since_changes_nothing(folder, odoo):
    job(odoo, state="failed", exc_name="Boom")
    take(odoo, folder)
    [(taken, _)] = landing.samples(folder)
    kept = shutil.copytree(taken, folder.parent / taken.name)
    job(odoo, state="done", date_done=str(utc_now()))
    run(odoo, folder, only=("integrations",))
    before = versions(folder)
    shutil.copytree(kept, taken)  # as after a kill between loading it and dropping it
    run(odoo, folder, only=("integrations",))
    assert versions(folder) == before and not landing.samples(folder)


def test_a_sample_that_fails_leaves_nothing_and_the_next_one_has_it_all(folder, odoo, monkeypatch):
    job(odoo, state="failed", exc_name="Boom")

    def full(*arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(landing, "write_table", full)
    with pytest.raises(OSError, match="No space left"):
        take(odoo, folder)
    monkeypatch.undo()
    assert not landing.samples(folder) and not list((folder / "sample").iterdir())
    (folder / "sample" / "20260101T000000Z").mkdir()  # killed
    monkeypatch.setattr(sample.refresh, "load_pages", full)  # killed after it counts, before it is remembered
    with pytest.raises(OSError, match="No space left"):
        take(odoo, folder)
    monkeypatch.undo()
    take(odoo, folder)
    assert len(landing.samples(folder)) == 2
    run(odoo, folder, only=("integrations",))
    assert versions(folder) == [("failed", "Boom")]


def test_it_needs_no_lock_and_two_at_a_time_are_told_apart(folder, odoo):
    con = load.open_work(folder)  # a refresh is at work
    said = etl(folder, "sample", **odoo.environment)
    con.close()
    assert said.returncode == 0 and "which the next refresh loads." in said.stderr
    con = load.open_work(folder, landing.SAMPLES_KNOWN)
    said = etl(folder, "sample", **odoo.environment)
    con.close()
    assert said.returncode == 75 and "another sample is working" in said.stderr


def test_an_upgrade_between_two_samples_is_no_change_of_what_they_saw(tmp_path):
    folder = tmp_path / "warehouse"
    with served(ConstructedOdoo(18, Scene(18).rows)) as odoo:
        run(odoo, folder)
        take(odoo, folder)
        odoo.odoo = ConstructedOdoo(19, Scene(19, upgraded_from=18).rows)
        take(odoo, folder)
        run(odoo, folder)
    assert work(folder, "select count(*), count(distinct uuid) from stg_queue_job_history") == [(1, 1)]
    assert work(folder, "select version from odoo_version order by seen_from") == [("18.0",), ("19.0",)]
