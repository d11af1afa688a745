"""Quality checks and alerts of Odoo Enterprise over the whole pipeline: *constructed*, no such server was run."""

from __future__ import annotations

from datetime import datetime

import pytest

from queries import catalog, measure, warehouse
from tests.etl.constructed_enterprise import CONSTRUCTED
from tests.etl.constructed_odoo import ConstructedOdoo, served
from tests.etl.constructed_run import EVER, run
from tests.etl.constructed_scene import BUYER, Scene, moment, stamp, text

MODELS = ("quality.check", "quality.alert", "quality.alert.stage")
STATE = 301  # the field quality_state in ir.model.fields
LABELS = {"none": "To do", "pass": "Passed", "fail": "Failed"}


def rows_of_quality(scene: Scene) -> dict[str, list[dict]]:
    """Rows as Odoo would store them; what is held is told by `test_what_counts`."""
    created, checked = moment(5), moment(6, 3)

    def check(id: int, state: str, **values) -> dict:
        row = {
            "id": id,
            "name": f"QC{id:05}",
            "quality_state": state,
            "product_id": 2,
            "company_id": 2,
            "user_id": BUYER,
        }
        row |= {"control_date": text(checked if state != "none" else None), "test_type": "passfail"}
        return row | {"create_date": stamp(created), "write_date": stamp(checked)} | values

    def alert(id: int, closed: datetime | None, **values) -> dict:
        row = {"id": id, "name": f"QA{id:05}", "stage_id": 2 if closed else 1, "product_id": 2, "company_id": 2}
        row |= {"date_close": text(closed), "create_date": stamp(moment(7)), "write_date": stamp(closed or moment(7))}
        return row | values

    scene.add("ir.model.fields", STATE, model="quality.check", name="quality_state", ttype="selection", tracking=1)
    for number, (key, label) in enumerate(LABELS.items()):
        name = {"en_US": label, "fr_FR": label}
        scene.add("ir.model.fields.selection", STATE * 10 + number, field_id=STATE, value=key, name=name)
    for number, (at, old, new) in enumerate(((moment(5, 9), "none", "fail"), (checked, "fail", "pass")), start=9001):
        scene.add(
            "mail.message",
            number,
            created=at,
            by=BUYER,
            model="quality.check",
            res_id=5,
            message_type="notification",
            date=text(at),
        )
        labels = {"old_value_char": LABELS[old], "new_value_char": LABELS[new]}
        scene.add("mail.tracking.value", number, created=at, by=BUYER, mail_message_id=number, field_id=STATE, **labels)
    return {
        "quality.check": [
            check(1, "pass"),
            check(2, "none"),
            check(3, "fail"),
            check(4, "fail", lot_ids=[1]),
            check(5, "pass"),
            check(6, "fail"),
            check(7, "pass", test_type="instructions"),
        ],
        "quality.alert": [
            alert(1, moment(9, 5), check_id=6),
            alert(2, None, partner_id=20),
            alert(3, moment(8, 2)),
        ],
        "quality.alert.stage": [{"id": 1, "name": "New", "done": False}, {"id": 2, "name": "Solved", "done": True}],
    }


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    scene = Scene(18)
    rows = rows_of_quality(scene)
    more = {model: CONSTRUCTED[model][0] for model in MODELS}
    folder = tmp_path_factory.mktemp("enterprise")
    with served(ConstructedOdoo(18, scene.rows | rows, more)) as odoo:
        run(odoo, folder)
    return warehouse.open(warehouse=folder)


def test_what_counts(published):
    kpi = catalog.load()["quality_hold_duration"]
    rows = measure.rows(published, kpi, *EVER, filters={"source": ["quality check", "quality alert"]}).to_pylist()
    checked = moment(6, 3)
    found = {
        (row["record_model"], row["record_id"]): (
            row["started_at"].replace(microsecond=0),
            row["ended_at"],
            row["outcome"],
        )
        for row in rows
    }
    assert found == {
        ("quality.check", 1): (moment(5), checked, "released"),
        ("quality.check", 2): (moment(5), None, "open"),
        ("quality.check", 3): (moment(5), checked, "rejected"),
        ("quality.check", 4): (moment(5), None, "open"),  # its lot is still there
        ("quality.check", 5): (moment(5), checked, "rework"),
        ("quality.check", 6): (moment(5), moment(9, 5), "released"),  # with its alert
        ("quality.alert", 2): (moment(7), None, "open"),
        ("quality.alert", 3): (moment(7), moment(8, 2), "released"),
    }


def test_rows_tell_their_goods(published):
    rows = {
        (row["record_model"], row["record_id"]): row
        for row in published.cursor().sql("from fct_hold").to_arrow_table().to_pylist()
    }
    assert rows["quality.check", 1]["plant"] == "South/WH" and rows["quality.check", 1]["product"] == "[Leg] Leg"
    assert rows["quality.check", 1]["responsible"] == "Ben" and rows["quality.check", 4]["lot"] == "LOT-1"
    assert rows["quality.alert", 2]["vendor"] == "Steelworks"
