"""Is this still the Odoo the warehouse was read from? Its version, and rows that cannot have changed, say so."""

from __future__ import annotations

import re
from datetime import datetime

import duckdb

from etl import load
from etl.odoo import ModelAbsent, NoRight, Odoo, OdooError
from etl.source import discover

# Ids mean other records in another database, and after a backup was restored: their creation dates differ then.
LANDMARKS = ("res_company", "mrp_production", "purchase_order", "mail_message")
COMPARED_ROWS = 20  # of each, the newest


def upgraded_from(con: duckdb.DuckDBPyConnection, odoo: Odoo) -> str | None:
    """The version this Odoo had at its last load, if it has a newer one now, else None.

    OdooError where it cannot be the same database: its version went back, or known ids are other records.
    """
    before = load.version_before(con, odoo.login.instance)
    if before is None:
        return None
    if _number(odoo.version) < _number(before):
        raise _other(odoo, f"it was Odoo {before} at the last refresh and is {odoo.version} now")
    for name in LANDMARKS:
        _check_creation(con, odoo, name)
    return before if _number(odoo.version) > _number(before) else None


def _number(version: str) -> list[int]:
    """ "17.0" and "17.0+e" -> [17, 0], "saas~18.2" -> [18, 2]: what can be upgraded."""
    return [int(part) for part in re.findall(r"\d+", version)[:2]]


def _check_creation(con: duckdb.DuckDBPyConnection, odoo: Odoo, name: str) -> None:
    """OdooError when most rows that are known and found again were created at another time."""
    source = discover()[name]
    known = load.newest_rows(con, source, odoo.login.instance, COMPARED_ROWS)
    if not known:
        return
    try:
        rows = odoo.rows(source.model, [("id", "in", sorted(known))], ["create_date"])
    except (ModelAbsent, NoRight):
        return
    found = {row["id"]: datetime.fromisoformat(row["create_date"]) for row in rows if row["create_date"]}
    others = [id for id in found if found[id] != known[id]]
    if len(others) * 2 > len(found):
        raise _other(
            odoo,
            f"{len(others)} of {len(found)} compared rows of {source.model} are other ones "
            f"({others[0]} was created on {known[others[0]]} UTC, and here on {found[others[0]]})",
        )


def _other(odoo: Odoo, why: str) -> OdooError:
    login = odoo.login
    return OdooError(
        f"{login.instance} at {login.url} is not the database this warehouse was read from, or a backup was restored: "
        f"{why}. Set ODOO_URL and ODOO_DB (or ops.toml) to the right one, or read this one into a warehouse folder of "
        "its own (OPS_WAREHOUSE); nothing was changed."
    )
