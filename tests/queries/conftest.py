"""Published files over rows and an ops.toml written in a test."""

from __future__ import annotations

import textwrap
from datetime import datetime

import pyarrow as pa
import pytest

from etl import load
from etl import publish as publishing
from etl.systems import every
from queries import config as configuration
from tests.conftest import PLANTS

AS_OF = datetime(2026, 1, 20, 12)


@pytest.fixture(scope="session")
def publish(tmp_path_factory):
    """publish(ops_toml, source_name=[row, ...], ...) -> folder with those rows of instance "test" published."""

    def make(ops_toml: str = "", as_of: datetime = AS_OF, **records):
        folder = tmp_path_factory.mktemp("published")
        path = folder / "ops.toml"
        path.write_text(textwrap.dedent(ops_toml), encoding="utf-8")
        sources = every()
        con = load.open_work(folder)
        load.ensure_tables(con, list(sources.values()))
        load.book_instance(con, "test", "https://odoo.test", "19.0", "json-2")
        for name, rows in (PLANTS | records).items():
            complete = [dict.fromkeys(sources[name].columns) | {"instance": "test"} | row for row in rows]
            con.register("given", pa.Table.from_pylist(complete, sources[name].schema))
            con.execute(
                f"""insert into raw.{name} by name
                    select *, 'r' as _run, timestamp '2000-01-01' as _valid_from from given"""
            )
            con.unregister("given")
        publishing.publish(
            con, folder, "20260120T120000Z", as_of, list(sources.values()), configuration.load(path), lambda text: None
        )
        con.close()
        return folder

    return make
