"""Sources fit a real Odoo 19, and what the demo plants emit exists there with the type they give it."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from etl.demo import with_incidents
from etl.demo.fill import fields_of
from etl.odoo import connect
from etl.refresh import logins
from etl.resolve import resolve
from etl.source import discover, tracked_models
from queries import config
from tests.etl import constructed_fields
from tests.live.conftest import ABSENT, environment

pytestmark = pytest.mark.live

EMITTED = sorted(with_incidents(seed=1, now=datetime(2026, 11, 22), days=2)[0].keys() & discover().keys())
# Columns that take a module which is not installed there.
NOT_INSTALLED = {
    "maintenance_equipment": {"workcenter_id"},
    "maintenance_request": {"production_id", "workorder_id", "workcenter_id"},
    "mrp_bom": {"version"},
    "mrp_workcenter_productivity": {"employee_id"},
    "qc_inspection": {"picking_id", "lot_id", "production_id"},
    "sale_order_line": {"unit_cost"},
    "stock_lot": {"expires_at", "best_before_at", "remove_at", "alert_at"},
    "stock_picking": {"batch_id"},
}

PYTHON_TYPES = {
    "char": str,
    "text": str,
    "html": str,
    "selection": str,
    "reference": str,
    "integer": int,
    "many2one": int,
    "many2one_reference": int,
    "float": float,
    "monetary": float,
    "boolean": bool,
    "many2many": list,
    "one2many": list,
}


@pytest.fixture(scope="module")
def real(login):
    with environment(login.environment):
        return connect(logins(config.load())[0])


def test_the_constructed_versions_end_as_odoo_19_is(real):
    assert constructed_fields.differences(real, list(discover().values())) == []


@pytest.fixture(scope="module")
def simulated():
    return with_incidents(seed=1, now=datetime(2026, 11, 22), days=60)[0]


@pytest.fixture(scope="module")
def resolved(real):
    sources = discover()
    return {item.source.name: item for item in resolve(real, list(sources.values()), tracked_models(sources.values()))}


def test_every_community_model_is_there(resolved):
    assert {name for name, item in resolved.items() if item.absent} == ABSENT
    assert not [name for name, item in resolved.items() if item.refused]


@pytest.mark.parametrize("name", sorted(discover().keys() - ABSENT))
def test_every_field_is_there_or_said_not_to_be(name, resolved):
    item = resolved[name]
    assert item.missing == []
    assert item.open_domain == item.source.open_domain
    empty = {column for column, field in item.fields.items() if field is None}
    gone = {column for column, field in item.source.fields.items() if field.until}
    assert empty == gone | NOT_INSTALLED.get(name, set())


@pytest.mark.parametrize("name", EMITTED)
def test_demo_fields_exist_with_their_type(name, real, simulated):
    source = discover()[name]
    available = real.fields(source.model)
    for record in simulated[name]:
        for field, value in record.items():
            if field in ("id", "lang"):
                continue
            assert field in available, f"{source.model} has no field {field}"
            type = available[field]["type"]
            if value is False and type != "boolean":
                continue
            if type == "datetime":
                datetime.strptime(value, "%Y-%m-%d %H:%M:%S")
            elif type == "date":
                date.fromisoformat(value)
            elif type in ("float", "monetary"):
                assert isinstance(value, int | float)
            else:
                assert isinstance(value, PYTHON_TYPES[type]), (
                    f"{source.model}.{field} is a {type}, the demo gives {value!r}"
                )


@pytest.mark.parametrize("name", EMITTED)
def test_demo_and_odoo_fill_the_same_columns(name, resolved, simulated):
    assert fields_of(discover()[name], simulated[name]) == resolved[name].fields


def test_demo_states_and_labels_are_odoos_own(real, simulated):
    labels = {
        (row["field_id"], row["value"]): row["name"]
        for row in simulated["ir_model_fields_selection"]
        if row["lang"] == "en_US" and row["value"] != "paused"  # a state that a module had added
    }
    fields = {row["id"]: (row["model"], row["name"]) for row in simulated["ir_model_fields"]}
    for (field_id, value), label in labels.items():
        model, field = fields[field_id]
        selection = dict(
            real.call(model, "fields_get", allfields=[field], attributes=["selection"])[field]["selection"]
        )
        assert selection.get(value) == label, (model, field, value)
