"""First loads straight from PostgreSQL land the very rows Odoo gives, or say why they do not."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import psycopg
import pytest

from etl import landing, postgres
from etl.odoo import OdooError, connect
from etl.postgres import Postgres
from etl.refresh import logins
from etl.source import discover
from queries import config
from tests.live.conftest import SALT, Login, environment

pytestmark = pytest.mark.live

NOT_DIRECT = {"product_product": "standard_price is kept by company in another way"}
# What Odoo shows as 0 or False is nothing in the database; times have fractions of a second there.
ODDITIES = (
    "update mrp_production set backorder_sequence = null, qty_producing = null, priority = '' where id = {order}",
    "update stock_move set picked = null, quantity = null, price_unit = null, date = date + interval '0.9 s'"
    " where id = {move}",
    "update mail_message set date = date + interval '0.999999 s' where id = {message}",
)


@pytest.fixture(scope="module")
def pg(odoo):
    with psycopg.connect(odoo["PG_DSN"], autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def direct(login, odoo) -> Login:
    """The administrator, with the address of the database."""
    return Login(login.environment | {"ODOO_PG_DSN": odoo["PG_DSN"]})


@pytest.fixture(autouse=True)
def few_rows_are_worth_it(monkeypatch):
    monkeypatch.setattr(postgres, "LEAST_ROWS", 0)


@pytest.fixture(scope="module")
def through_odoo(login, truth, pg, tmp_path_factory) -> Path:
    """A warehouse read through Odoo, with values in the database that Odoo shows in another way."""
    tables = {"order": "mrp_production", "move": "stock_move", "message": "mail_message"}
    of = {name: pg.execute(f"select max(id) from {table}").fetchone()[0] for name, table in tables.items()}
    for statement in ODDITIES:
        pg.execute(statement.format(**of))
    return refreshed(login, tmp_path_factory.mktemp("odoo"))


def refreshed(login: Login, folder: Path) -> Path:
    (folder / "salt").write_bytes(SALT)
    login.refresh(folder)
    return folder


def rows(folder: Path, name: str) -> list[tuple]:
    con = duckdb.connect(str(folder / "work.duckdb"), read_only=True)
    try:
        return con.execute(f"select {', '.join(discover()[name].columns)} from raw.{name} order by all").fetchall()
    finally:
        con.close()


def facts(folder: Path) -> dict[str, dict]:
    """What the last run noted of each source that has rows."""
    [run] = [path for path in (folder / "landing").iterdir() if path.is_dir()]
    found = {name: landing.read_done(run, source, "odoo") for name, source in discover().items()}
    return {name: noted for name, noted in found.items() if noted and noted["ids"]}


def assert_equal(folder: Path, other: Path) -> None:
    for name in discover():
        assert rows(folder, name) == rows(other, name), name


@pytest.fixture(scope="module")
def straight(direct, through_odoo, tmp_path_factory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(postgres, "LEAST_ROWS", 0)
        return refreshed(direct, tmp_path_factory.mktemp("postgres"))


@pytest.mark.parametrize("name", discover())
def test_the_rows_are_those_odoo_gives(name, straight, through_odoo):
    assert rows(straight, name) == rows(through_odoo, name)


def test_every_source_with_rows_was_read_from_postgresql_but_those_known_not_to_be(straight):
    noted = facts(straight)
    assert len(noted) > 40
    assert {name: f["not_direct"] for name, f in noted.items() if not f["direct"]} == NOT_DIRECT


def test_the_next_night_sees_no_change(direct, straight):
    differing = [item for item in direct.refresh(straight).loaded if item.new + item.changed + item.closed]
    assert differing == []


def test_rows_a_replica_does_not_have_yet_come_from_odoo(direct, through_odoo, tmp_path, monkeypatch):
    page = Postgres.page
    monkeypatch.setattr(Postgres, "page", lambda *asked: page(*asked)[::2])
    assert_equal(refreshed(direct, tmp_path), through_odoo)
    assert facts(tmp_path)["stock_move"]["direct"]


def test_a_difference_to_odoo_is_seen_before_anything_is_read(direct, through_odoo, tmp_path, monkeypatch):
    value = postgres._value

    def wrong(name, *rest):
        return postgres.SQL("{} + 1").format(value(name, *rest)) if name == "product_qty" else value(name, *rest)

    monkeypatch.setattr(postgres, "_value", wrong)
    assert_equal(refreshed(direct, tmp_path), through_odoo)
    assert facts(tmp_path)["mrp_production"]["not_direct"] == "Odoo gives other values of product_qty"


def test_a_database_that_stops_in_the_middle_is_made_up_for_by_odoo(direct, through_odoo, tmp_path, monkeypatch):
    page, asked = Postgres.page, []

    def breaking(self, reader, *rest):
        asked.append(reader.source.name)
        if asked.count("stock_move") == 3:
            raise postgres.Unreadable("the connection is lost")
        return page(self, reader, *rest)

    monkeypatch.setattr(Postgres, "page", breaking)
    monkeypatch.setattr(postgres, "PAGE_ROWS", 20)
    assert_equal(refreshed(direct, tmp_path), through_odoo)
    assert facts(tmp_path)["stock_move"]["not_direct"] == "the connection is lost"


@pytest.fixture
def role(pg):
    """A role that may read a few tables, and of persons what tells databases apart."""
    pg.execute("drop owned by plant_pulse" if exists(pg, "plant_pulse") else "create role plant_pulse login")
    pg.execute("grant select on ir_model_fields, mrp_production, mail_message to plant_pulse")
    pg.execute("grant select (id, login, create_date) on res_users to plant_pulse")
    pg.execute("grant select (id, name, create_date) on res_company to plant_pulse")
    yield "plant_pulse"
    pg.execute("drop owned by plant_pulse")
    pg.execute("drop role plant_pulse")


def exists(pg, role: str) -> bool:
    return bool(pg.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone())


def test_what_the_role_may_not_read_comes_from_odoo(role, direct, odoo, through_odoo, tmp_path):
    dsn = odoo["PG_DSN"].replace("odoo@", f"{role}@")
    assert_equal(refreshed(Login(direct.environment | {"ODOO_PG_DSN": dsn}), tmp_path), through_odoo)
    noted = facts(tmp_path)
    assert noted["mail_message"]["direct"]
    assert noted["stock_move"]["not_direct"].endswith("_id is no column that may be read"), "the first it may not read"
    assert "may not be read" in noted["mrp_production"]["not_direct"], "its table of links"


@pytest.fixture
def other_database(pg, odoo):
    """Another Odoo's database, as far as it is looked at."""
    pg.execute("drop database if exists other")
    pg.execute("create database other")
    dsn = odoo["PG_DSN"].rpartition("/")[0] + "/other"
    with psycopg.connect(dsn, autocommit=True) as there:
        there.execute("create table ir_config_parameter (key text, value text)")
        there.execute("insert into ir_config_parameter values ('database.uuid', 'another')")
    yield dsn
    pg.execute("drop database other with (force)")


def test_trouble_is_one_sentence(direct, odoo, truth, other_database, tmp_path):
    server = odoo["PG_DSN"].rpartition("/")[0]
    for number, (dsn, sentence) in enumerate(
        {
            other_database: "ODOO_PG_DSN names another database than the one http://127.0.0.1",
            f"{server}/postgres": "ODOO_PG_DSN names another database than the one http://127.0.0.1",
            f"{server}/absent": 'database "absent" does not exist): correct ODOO_PG_DSN, or unset it',
            "what is this": "ODOO_PG_DSN is no address of a PostgreSQL",
        }.items()
    ):
        login = Login(direct.environment | {"ODOO_PG_DSN": dsn})
        with pytest.raises(OdooError) as caught:
            login.refresh(tmp_path / str(number))
        assert sentence in str(caught.value) and "\n" not in str(caught.value)


def test_no_session_can_write(odoo):
    database = Postgres(odoo["PG_DSN"], "ODOO_PG_DSN", "odoo")
    for statement in ("update mrp_production set name = name", "create table x (y int)"):
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction), database.session() as session:
            session.execute(statement)
    reader = postgres.Reader(discover()["mrp_production"], "mrp_production", {})
    statement = postgres.query(reader, postgres.np.array([1]), None).as_string()
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction), database.session() as session:
        postgres._copy(session, postgres.SQL("copy (delete from stock_scrap returning id) to stdout"))
    assert statement.startswith("copy (select")


def test_a_replica_far_behind_is_told_and_one_that_follows_widens_what_is_read_again(direct, truth, monkeypatch):
    with environment(direct.environment):
        opened = connect(logins(config.load())[0])
        database = Postgres(opened.login.pg_dsn, "ODOO_PG_DSN", "odoo")
    monkeypatch.setattr(Postgres, "_behind", lambda self, session: 7200.0)
    with pytest.raises(OdooError, match="is 120 minutes behind: wait until it follows"):
        database.check(opened)
    monkeypatch.setattr(Postgres, "_behind", lambda self, session: 600.0)
    database.check(opened)
    assert database.behind_seconds == 600


def test_the_address_is_not_shown(direct):
    with environment(direct.environment):
        [login] = logins(config.load())
    assert login.pg_dsn and login.pg_dsn not in repr(login) and json.dumps(login.pg_dsn_env) == '"ODOO_PG_DSN"'
