"""Tracked changes of any document, with the keys of their labels."""

import pytest

from tests.conftest import PLANTS
from tests.rows import at, order

INSPECTED = {"id": 31, "document_model": "qc.inspection", "field_name": "state", "field_type": "selection"}
LABELS = [
    {"id": 500 + number, "lang": lang, "field_id": 31, "value": value, "label": label}
    for lang, texts in (("en_US", ("Ready", "Quality failed")), ("fr_FR", ("Prêt", "Échec")))
    for number, (value, label) in enumerate(zip(("ready", "failed"), texts, strict=True))
]


@pytest.fixture(scope="module")
def changes(build):
    common = {"message_type": "notification", "sent_at": at("2026-01-05 10:00"), "created_by_id": 5}
    built = build(
        ir_model_fields=[*PLANTS["ir_model_fields"], INSPECTED],
        ir_model_fields_selection=[*PLANTS["ir_model_fields_selection"], *LABELS],
        mrp_production=[order(1)],
        mail_message=[
            {"id": 1, "document_model": "qc.inspection", "document_id": 7} | common,
            {"id": 2, "document_model": "mrp.production", "document_id": 1} | common,
        ],
        mail_tracking_value=[
            {"id": 1, "message_id": 1, "field_id": 31, "old_label": "Prêt", "new_label": "Échec"},
            {"id": 2, "message_id": 2, "field_id": 11, "old_label": "Brouillon", "new_label": "Confirmé"},
        ],
    )
    return {row["tracking_id"]: row for row in built.rows("from fct_change")}


def test_a_change_of_any_document_has_its_keys(changes):
    one = changes[1]
    assert (one["record_model"], one["record_id"], one["field"]) == ("qc.inspection", 7, "state")
    assert (one["old_value"], one["new_value"], one["event_at"]) == ("ready", "failed", at("2026-01-05 10:00"))
    assert changes[2]["new_value"] == "confirmed"


def test_only_changes_of_known_documents_have_a_plant(changes):
    assert (changes[1]["plant"], changes[2]["plant"]) == (None, "Nord/WH")
