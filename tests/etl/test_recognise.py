"""Another database behind the same address is refused, and what cannot be compared is no reason to refuse."""

from __future__ import annotations

from datetime import datetime, timedelta

import duckdb
import pytest

from etl import load, recognise
from etl.odoo import OdooError
from etl.refresh import utc_now
from etl.source import discover
from tests.etl.constructed_odoo import ConstructedOdoo, served
from tests.etl.constructed_run import run, work
from tests.etl.constructed_scene import Scene
from tests.etl.fake_odoo import STAMPS, FakeOdoo


def later_by(days: int, rows: list[dict]) -> list[dict]:
    """The same ids, created at another time: other records."""
    return [
        row | {"create_date": f"{datetime.fromisoformat(row['create_date']) + timedelta(days=days)}"} for row in rows
    ]


OTHERS = {  # what the Odoo behind the address is now, and what the sentence says
    "older version": (16, (), "it was Odoo 17.0 at the last refresh and is 16.0 now"),
    "other companies": (17, ("res.company",), "2 of 2 compared rows of res.company are other ones"),
    "other companies, newer": (18, ("res.company",), "2 of 2 compared rows of res.company are other ones"),
    "restored backup": (17, ("mail.message",), "20 of 20 compared rows of mail.message are other ones"),
    "a copy that went its own way": (17, ("purchase.order",), "15 of 15 compared rows of purchase.order"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A warehouse of a constructed Odoo 17, and where that Odoo is served."""
    made = tmp_path_factory.mktemp("constructed17")
    with served(ConstructedOdoo(17, Scene(17).rows)) as odoo:
        run(odoo, made)
        yield made, odoo


def everything(folder) -> list[tuple]:
    """All that was loaded, with its history."""
    with duckdb.connect(str(folder / "work.duckdb"), read_only=True) as con:
        tables = con.execute("select table_name from duckdb_tables() where schema_name = 'raw' order by 1").fetchall()
        names = [*(f"raw.{name}" for (name,) in tables), "source_state", "odoo_instance"]
        return [con.execute(f"select * from {name} order by all").fetchall() for name in names]


@pytest.mark.parametrize("other", OTHERS)
def test_another_database_is_refused_before_anything_is_read(other, folder):
    made, odoo = folder
    before = everything(made)
    version, changed, why = OTHERS[other]
    rows = Scene(version).rows
    odoo.odoo = ConstructedOdoo(version, rows | {model: later_by(3, rows[model]) for model in changed})
    with pytest.raises(OdooError) as refused:
        run(odoo, made)
    sentence = str(refused.value)
    assert sentence.startswith("odoo at http://127.0.0.1:") and why in sentence and "OPS_WAREHOUSE" in sentence
    assert "\n" not in sentence
    assert everything(made) == before
    assert work(made, "select status, message from run order by run desc limit 1") == [("failed", sentence[:500])]
    assert not [model for model, method in odoo.odoo.calls if method == "fields_get"]


def test_a_few_rows_that_differ_are_no_other_database(folder):
    made, odoo = folder
    rows = Scene(17).rows
    messages = rows["mail.message"]
    odoo.odoo = ConstructedOdoo(17, rows | {"mail.message": [*messages[:-2], *later_by(3, messages[-2:])]})
    run(odoo, made)


VERSIONS = [
    ("16.0", "17.0", "16.0"),
    ("17.0", "17.0", None),
    ("17.0", "17.0+e", None),
    ("17.0", "17.0-20250101", None),
    ("17.0", "saas~17.2", "17.0"),
    ("saas~18.2", "18.3+e", "saas~18.2"),
    ("9.0", "10.0", "9.0"),
]


@pytest.fixture
def con(tmp_path):
    opened = load.open_work(tmp_path)
    yield opened
    opened.close()


def odoo_of(version: str, **models) -> FakeOdoo:
    odoo = FakeOdoo({name.replace("_", "."): value for name, value in models.items()})
    odoo.version = version
    return odoo


@pytest.mark.parametrize(("before", "now", "upgraded_from"), VERSIONS)
def test_versions_are_compared_by_their_numbers(before, now, upgraded_from, con):
    load.book_instance(con, "odoo", "", before, "json-rpc")
    assert recognise.upgraded_from(con, odoo_of(now)) == upgraded_from


def test_the_first_time_there_is_nothing_to_compare(con):
    assert recognise.upgraded_from(con, odoo_of("14.0")) is None


ROW = {"id": 1, "create_date": "2026-01-01 10:00:00"}


@pytest.mark.parametrize(
    "rows",
    [[ROW], [], [ROW | {"id": 2, "create_date": "2026-05-05 00:00:00"}], [ROW | {"create_date": False}]],
    ids=["the same", "none visible", "others only", "without a date"],
)
def test_only_a_known_row_with_another_creation_speaks_against_it(rows, con):
    load.book_instance(con, "odoo", "", "17.0", "json-rpc")
    load.ensure_tables(con, [discover()["res_company"]])
    con.execute(
        """insert into raw.res_company (instance, id, created_at, _valid_from)
            values ('odoo', 1, timestamp '2026-01-01 10:00:00', $now)""",
        {"now": utc_now()},
    )
    assert recognise.upgraded_from(con, odoo_of("17.0", res_company=(STAMPS, rows))) is None
    other = [ROW | {"create_date": "2026-01-01 10:00:01"}]
    with pytest.raises(OdooError, match=r"1 of 1 compared rows of res\.company are other ones"):
        recognise.upgraded_from(con, odoo_of("17.0", res_company=(STAMPS, other)))


def test_a_user_who_may_not_read_a_landmark_is_told_elsewhere(con):
    load.book_instance(con, "odoo", "", "17.0", "json-rpc")
    load.ensure_tables(con, [discover()["mail_message"]])
    con.execute("insert into raw.mail_message (instance, id, created_at) values ('odoo', 1, timestamp '2026-01-01')")
    odoo = odoo_of("17.0", mail_message=(STAMPS, [ROW]))
    with pytest.raises(OdooError, match=r"compared rows of mail\.message"):
        recognise.upgraded_from(con, odoo)
    odoo.refused = ("mail.message",)
    assert recognise.upgraded_from(con, odoo) is None
