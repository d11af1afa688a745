"""How large a unit is, as each version of Odoo says it."""

from __future__ import annotations

import pytest

UNITS = [{"id": 1, "name": "Units", "factor": 1.0}, {"id": 2, "name": "Dozen", "factor": 12.0}]


def test_odoo_19_says_how_many_units_it_is(build):
    none = [{"id": 3, "name": "Nothing", "factor": 0.0}, {"id": 4, "name": "Less", "factor": -1.0}]
    found = dict(build(uom_uom=UNITS + none).cursor().sql("select unit, size from dim_unit").fetchall())
    assert found == {"Units": 1.0, "Dozen": 12.0, "Nothing": None, "Less": None}


def test_until_18_the_factor_is_the_other_way_round_and_none_divides_nothing(build):
    built = build(uom_uom=[{"id": 2, "name": "Dozen", "factor": 1 / 12}, {"id": 3, "name": "None", "factor": 0.0}])
    sql = "update odoo_instance set version = '18.0'; create or replace table dim_unit as " + mart()
    built.connection.execute(sql)
    found = dict(built.cursor().sql("select unit, size from dim_unit").fetchall())
    assert found == {"Dozen": pytest.approx(12.0), "None": None}


def mart() -> str:
    from queries import catalog

    return catalog.marts()["dim_unit"].sql
