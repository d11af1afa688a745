"""The rows of one statement, planned once.

A relation (`con.sql`) is planned when it is made and again when its rows are fetched, which for the statements of pages
and of the scoreboard takes longer than the copy of the rows that DuckDB warns of here.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping

import duckdb
import pyarrow as pa

warnings.filterwarnings("ignore", "Arrow output on a DB-API result", UserWarning)


def table(con: duckdb.DuckDBPyConnection, sql: str, parameters: Mapping | None = None) -> pa.Table:
    """What a SELECT returns; of the parameters those that it names, for DuckDB refuses any other."""
    return con.execute(sql, used(sql, parameters or {})).to_arrow_table()


def used(sql: str, parameters: Mapping) -> dict:
    """The parameters that a statement names."""
    names = set(re.findall(r"\$(\w+)", sql))
    return {name: value for name, value in parameters.items() if name in names}
