"""Odoo's rows as Arrow, and fields resolved against what a server has."""

from datetime import date, datetime

import pytest

from etl.extract import Resolved, _pick, to_table
from etl.source import Source, column, discover

SOURCE = Source(
    model="x.y",
    name="x_y",
    without="",
    fields={
        "name": column("char"),
        "flag": column("boolean"),
        "count": column("integer"),
        "price": column("float"),
        "partner_id": column("many2one"),
        "day": column("date"),
        "at": column("datetime", "date_start"),
        "tags": column("many2many"),
        "gone": column("char"),
    },
)
FIELDS = {name: (field.candidates or (name,))[0] for name, field in SOURCE.fields.items()} | {"gone": None}
FULL = {
    "id": 1,
    "name": "Łódź",
    "flag": False,
    "count": 0,
    "price": 0,
    "partner_id": 7,
    "day": "2024-02-29",
    "date_start": "2026-03-29 01:30:00",
    "tags": [2, 1],
    "write_date": "2026-01-01 00:00:01",
}


def test_values_keep_their_type_and_false_means_empty_except_for_booleans():
    empty = dict.fromkeys(FULL, False) | {
        "id": 2,
        "count": 0,
        "price": 0.0,
        "tags": [],
        "write_date": "2026-01-01 00:00:02",
    }
    first, second = to_table(SOURCE, FIELDS, [FULL, empty], "odoo").to_pylist()
    assert first["name"] == "Łódź" and second["name"] is None
    assert (first["flag"], second["flag"]) == (False, False)
    assert (second["count"], second["price"], second["partner_id"]) == (0, 0.0, None)
    assert first["day"] == date(2024, 2, 29) and second["day"] is None
    assert first["at"] == datetime(2026, 3, 29, 1, 30)
    assert (first["tags"], second["tags"]) == ([1, 2], [])
    assert (first["gone"], first["instance"]) == (None, "odoo")
    assert first["_cursor"] == datetime(2026, 1, 1, 0, 0, 1)


def test_no_rows_give_a_table_of_the_same_shape():
    assert to_table(SOURCE, FIELDS, [], "odoo").schema == to_table(SOURCE, FIELDS, [FULL], "odoo").schema


def test_far_off_dates_survive():
    [row] = to_table(
        SOURCE, FIELDS, [FULL | {"date_start": "9999-12-31 23:59:59", "day": "0001-01-01"}], "odoo"
    ).to_pylist()
    assert row["at"] == datetime(9999, 12, 31, 23, 59, 59) and row["day"] == date(1, 1, 1)


@pytest.mark.parametrize(
    ("available", "picked"),
    [
        ({"field_id": {"type": "many2one", "store": True}}, "field_id"),
        ({"field": {"type": "many2one", "store": True}}, "field"),
        ({"field": {"type": "many2one", "store": True}, "field_id": {"type": "many2one", "store": True}}, "field_id"),
        ({"field_id": {"type": "many2one", "store": False}, "field": {"type": "many2one", "store": True}}, "field"),
        ({"field_id": {"type": "char", "store": True}}, None),
        ({}, None),
    ],
)
def test_the_first_stored_candidate_of_the_right_type_is_taken(available, picked):
    source = Source(model="m", without="", fields={"field_id": column("many2one", "field_id", "field")})
    assert _pick(source, "field_id", available) == picked


def test_amounts_of_money_come_from_the_columns_a_version_keeps_them_in():
    number = {"type": "float", "store": True}
    source = discover()["mail_tracking_value"]
    old = {"old_value_float": number, "old_value_monetary": number}
    assert (_pick(source, "old_amount", old), _pick(source, "old_float", old)) == (
        "old_value_monetary",
        "old_value_float",
    )
    assert _pick(source, "old_amount", {"old_value_float": number}) == "old_value_float"


def test_what_a_server_lacks_is_listed():
    assert Resolved(SOURCE, FIELDS).missing == ["gone"]


def test_an_unknown_column_type_is_refused():
    with pytest.raises(ValueError, match="field type 'money' is unknown; use one of"):
        column("money")
