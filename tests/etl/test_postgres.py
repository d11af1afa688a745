"""How rows are asked of Odoo's PostgreSQL, and how its answers become those of Odoo. The real thing: tests/live."""

from __future__ import annotations

import io
from datetime import date, datetime

import numpy as np
import pytest

from etl import postgres
from etl.odoo import OdooError
from etl.postgres import Column, Postgres, Reader, query, rows_of
from etl.source import Source, column
from etl.table import to_table

SOURCE = Source(
    model="x.y",
    name="x_y",
    without="",
    fields={
        "name": column("char"),
        "flag": column("boolean"),
        "quantity": column("float"),
        "rank": column("integer"),
        "partner_id": column("many2one"),
        "day": column("date"),
        "at": column("datetime"),
        "tags": column("many2many"),
        "lots": column("many2many", "lot_id"),
    },
)
READER = Reader(
    SOURCE,
    "x_y",
    {
        "name": Column("char", "name", is_translated=True),
        "flag": Column("boolean", "flag"),
        "quantity": Column("float", "quantity"),
        "rank": Column("integer", "rank"),
        "partner_id": Column("many2one", "partner_id"),
        "day": Column("date", "day"),
        "at": Column("datetime", "at"),
        "tags": Column("many2many", link=("x_tag_rel", "y_id", "tag_id")),
        "lots": Column("many2one", "lot_id"),
        "_cursor": Column("datetime", "write_date"),
    },
)
# What COPY writes, and the same rows as Odoo gives them.
COPIED = (
    b'1,"Line one\nand ""two"", \xc5\x81",t,0.1,7,3,2024-02-29,2026-03-29 01:30:00,2 10,5,2026-01-01 00:00:01\n'
    b'2,"",f,0,0,,,,"",,2026-01-01 00:00:02\n'
    b'3,,f,12345678901.25,-1,,0001-01-01,9999-12-31 23:59:59,"",,\n'
)
EMPTY = {"partner_id": False, "day": False, "at": False, "tags": [], "lot_id": False}
GIVEN = [
    {
        "id": 1, "name": 'Line one\nand "two", Ł', "flag": True, "quantity": 0.1, "rank": 7, "partner_id": 3,
        "day": "2024-02-29", "at": "2026-03-29 01:30:00", "tags": [10, 2], "lot_id": 5,
        "write_date": "2026-01-01 00:00:01",
    },
    EMPTY | {"id": 2, "name": "", "flag": False, "quantity": 0.0, "rank": 0, "write_date": "2026-01-01 00:00:02"},
    EMPTY
    | {"id": 3, "name": False, "flag": False, "quantity": 12345678901.25, "rank": -1, "day": "0001-01-01",
       "at": "9999-12-31 23:59:59", "write_date": False},
]  # fmt: skip


def copied(ids: list[int], answer: bytes = COPIED):
    return rows_of(READER, io.BytesIO(answer), np.array(ids))


def test_what_copy_gives_is_what_odoo_gives():
    there = to_table(SOURCE, {name: (f.candidates or (name,))[0] for name, f in SOURCE.fields.items()}, GIVEN, "odoo")
    here = copied([1, 2, 3])
    assert here.to_pylist() == there.drop_columns("instance").to_pylist()
    for name in here.column_names:
        assert here[name].type == there[name].type, name
    first = here.to_pylist()[0]
    assert (first["day"], first["at"], first["tags"], first["lots"]) == (
        date(2024, 2, 29), datetime(2026, 3, 29, 1, 30), [2, 10], [5],
    )  # fmt: skip


def test_rows_of_a_range_that_were_not_asked_for_are_left_out():
    assert copied([1, 3])["id"].to_pylist() == [1, 3]


def test_no_rows_have_the_same_shape():
    assert copied([9], b"").schema == copied([1, 2, 3]).schema


def test_close_ids_are_asked_for_as_a_range_and_scattered_ones_each():
    close = query(READER, np.arange(100, 200), None).as_string()
    assert "where r.id between 100 and 199" in close and 'where "y_id" between 100 and 199' in close
    scattered = query(READER, np.array([1, 900, 5000]), None).as_string()
    assert "where r.id = any ('{1,900,5000}'::int[])" in scattered and "between" not in scattered


def test_values_are_asked_for_as_odoo_shows_them():
    text = query(READER, np.array([1]), "fr_FR").as_string()
    assert """coalesce("r"."name" ->> 'fr_FR', "r"."name" ->> 'en_US')""" in text
    assert """coalesce("r"."quantity", 0)""" in text and """coalesce("r"."flag", false)""" in text
    assert """date_trunc('second', "r"."write_date")""" in text
    assert """string_agg("tag_id"::text, ' ' order by "tag_id")""" in text


def test_names_are_quoted():
    reader = Reader(SOURCE, 'x"; drop table y; --', {"name": Column("char", 'a"b')})
    text = query(reader, np.array([1]), None).as_string()
    assert '"x""; drop table y; --"' in text and '"r"."a""b"' in text


@pytest.mark.parametrize(
    ("shown", "columns", "facts", "reason"),
    [
        ({"type": "char"}, {}, {}, "f is no column that may be read"),
        ({"type": "float", "company_dependent": True}, {"f": "jsonb"}, {}, "f is kept by company in another way"),
        ({"type": "char"}, {"f": "character varying"}, {"translate": True}, "f is kept by language in another way"),
        ({"type": "many2many", "domain": [["a", "=", 1]]}, {}, {}, "Odoo filters f"),
        ({"type": "many2many", "domain": "[('a', '=', 1)]"}, {}, {}, "the table of f is not known"),
    ],
)
def test_what_the_database_does_not_simply_hold_is_not_read_from_it(shown, columns, facts, reason):
    database = Postgres("postgresql://nobody@127.0.0.1:9/none", "ODOO_PG_DSN", "odoo")
    with pytest.raises(postgres.Unreadable, match=reason):
        database._column(None, "f", shown, columns, facts)


@pytest.mark.parametrize(
    ("dsn", "sentence"),
    [
        ("postgresql://anna:sesame@127.0.0.1:9/plants", "PostgreSQL of odoo cannot be reached (connection"),
        (
            "no address at all",
            "ODOO_PG_DSN is no address of a PostgreSQL (it cannot be read): write it as postgresql://",
        ),
    ],
)
def test_an_address_that_leads_nowhere_is_one_sentence_without_the_password(dsn, sentence):
    with pytest.raises(OdooError) as caught, Postgres(dsn, "ODOO_PG_DSN", "odoo").session():
        pass
    assert str(caught.value).startswith(sentence)
    assert "sesame" not in str(caught.value) and "\n" not in str(caught.value)
