"""What a source was read from at the last run is asked about again only where Odoo lists anything else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from etl.odoo import ModelAbsent, OdooError
from etl.resolve import resolve
from etl.source import Source, column
from tests.etl.fake_odoo import FakeOdoo

LOT = Source(
    model="stock.lot",
    name="stock_lot",
    without="lots are lost",
    former_models=("stock.production.lot",),
    fields={"name": column("char"), "reference": column("char", "ref")},
)
TYPES = {"name": "char", "ref": "char", "write_date": "datetime", "create_date": "datetime"}
BEFORE = {"stock_lot": {"name": "name", "reference": "ref"}}


class Asked(FakeOdoo):
    """Notes what is asked besides the list of fields."""

    def __init__(self, *arguments, **named):
        super().__init__(*arguments, **named)
        self.questions: list[str] = []

    def fields(self, model, names=()):
        if names:
            self.questions.append(f"fields of {model}")
        return super().fields(model, names)

    def search(self, model, domain, **options):
        self.questions.append(f"ids of {model}")
        return super().search(model, domain, **options)


def lots(types=TYPES, model="stock.lot", refused=()) -> Asked:
    return Asked({model: (types, [{"id": 7, "name": "L7"}])}, refused)


def test_what_is_as_before_is_not_asked_about():
    odoo = lots()
    [resolved] = resolve(odoo, [LOT], [], BEFORE)
    assert (resolved.fields, resolved.model, odoo.questions) == (BEFORE["stock_lot"], "stock.lot", [])
    assert resolved.is_presumed and resolved.newest is None


def test_the_first_time_everything_is_asked():
    odoo = lots()
    [resolved] = resolve(odoo, [LOT], [])
    assert odoo.questions == ["fields of stock.lot", "ids of stock.lot"]
    assert (resolved.newest, resolved.is_presumed) == (7, False)


@pytest.mark.parametrize(
    ("odoo", "before"),
    [
        (lots({name: type for name, type in TYPES.items() if name != "ref"}), BEFORE),  # a field went
        (lots(), {"stock_lot": {"name": "name", "reference": None}}),  # a field came
        (lots(TYPES | {"ref": "integer"}), BEFORE),  # a field is another one
        (lots(), {"stock_lot": {}}),  # it was not installed
        (lots(), {"other": {}}),  # it was refused, or is new
        (lots(refused=("ir.model.fields",)), BEFORE),  # the list may not be read
    ],
)
def test_what_differs_is_asked_about(odoo, before):
    [resolved] = resolve(odoo, [LOT], [], before)
    assert odoo.questions == ["fields of stock.lot", "ids of stock.lot"]
    assert not resolved.is_presumed and resolved.fields["name"] == "name"


def test_a_model_that_went_is_looked_for_under_every_name():
    odoo = FakeOdoo({})
    [resolved] = resolve(odoo, [LOT], [], BEFORE)
    assert resolved.absent and not resolved.is_presumed
    [resolved] = resolve(odoo, [LOT], [], {"stock_lot": {}})
    assert resolved.absent


def test_a_source_whose_domain_asks_about_a_field_that_went_is_absent():
    odoo = lots()
    [resolved] = resolve(odoo, [replace(LOT, domain=(("gone", "=", 1),))], [], BEFORE)
    assert resolved.absent and "fields of stock.lot" in odoo.questions


def test_a_needed_model_without_a_right_is_one_sentence():
    with pytest.raises(OdooError, match=r"User 'reader' may not read stock\.lot on odoo, so lots are lost: give"):
        resolve(lots(refused=("stock.lot",)), [replace(LOT, needed=True)], [])


def test_the_former_name_of_a_model_is_presumed_too():
    [resolved] = resolve(lots(model="stock.production.lot"), [LOT], [], BEFORE)
    assert (resolved.model, resolved.is_presumed) == ("stock.production.lot", True)
    with pytest.raises(ModelAbsent):
        lots(model="stock.production.lot").fields("stock.lot")
