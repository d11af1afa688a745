"""What the demo plants emit exists in a real Odoo 19, with the type they give it."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from etl.demo import records
from etl.demo.fill import fields_of
from etl.extract import resolve
from etl.odoo import connect
from etl.refresh import logins
from etl.source import discover, tracked_models
from queries import config
from tests.live.conftest import environment

pytestmark = pytest.mark.live

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


@pytest.fixture(scope="module")
def simulated():
    return records(seed=1, now=datetime(2026, 11, 22), days=60)


@pytest.mark.parametrize("name", sorted(discover()))
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


@pytest.mark.parametrize("name", sorted(discover()))
def test_demo_and_odoo_fill_the_same_columns(name, real, simulated):
    source = discover()[name]
    [resolved] = resolve(real, [source], tracked_models(discover().values()))
    assert not resolved.absent
    assert fields_of(source, simulated[name]) == resolved.fields


def test_demo_states_and_labels_are_odoos_own(real, simulated):
    labels = {
        (row["field_id"], row["value"]): row["name"]
        for row in simulated["ir_model_fields_selection"]
        if row["lang"] == "en_US"
    }
    fields = {row["id"]: (row["model"], row["name"]) for row in simulated["ir_model_fields"]}
    for (field_id, value), label in labels.items():
        model, field = fields[field_id]
        selection = dict(
            real.call(model, "fields_get", allfields=[field], attributes=["selection"])[field]["selection"]
        )
        assert selection.get(value) == label, (model, field, value)
