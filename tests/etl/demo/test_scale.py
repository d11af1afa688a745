"""Copies of a block refer to themselves only, and share the master data."""

from datetime import date, datetime, timedelta

import pyarrow as pa
import pytest

from etl.demo.fill import fields_of
from etl.demo.scale import NAMED, REFERRING, SHIFTED, STEP, shift
from etl.source import Source, discover

SOURCES = discover()

# References between transactional tables, in our stable names.
WITHIN = {
    ("stock_move", "raw_material_production_id"): "mrp_production",
    ("stock_move", "production_id"): "mrp_production",
    ("stock_move", "purchase_line_id"): "purchase_order_line",
    ("stock_move", "destination_move_ids"): "stock_move",
    ("purchase_order_line", "order_id"): "purchase_order",
    ("account_move_line", "move_id"): "account_move",
    ("account_move_line", "purchase_line_id"): "purchase_order_line",
    ("mail_tracking_value", "message_id"): "mail_message",
}


def landed(source: Source, records: list[dict]) -> pa.Table:
    """Records as the Arrow table they are landed as."""
    parse = {"datetime": datetime.fromisoformat, "date": date.fromisoformat}
    rows, fields = [], fields_of(source, records)
    for record in records:
        row = {"instance": "demo", "id": record["id"]}
        for column, field in source.fields.items():
            value = record.get(fields[column], False)
            if value is False and field.type != "boolean":
                value = None
            row[column] = parse[field.type](value) if value and field.type in parse else value
        rows.append(row)
    return pa.Table.from_pylist(rows, schema=source.schema)


@pytest.fixture(scope="module")
def tables(demo) -> dict[str, pa.Table]:
    return {name: landed(SOURCES[name], demo[name][-3000:]) for name in SHIFTED}


def flat(table: pa.Table, column: str) -> list[int]:
    """All ids of a column, lists opened."""
    values = table[column].to_pylist()
    return [i for value in values for i in (value if isinstance(value, list) else [value]) if i is not None]


@pytest.mark.parametrize("name", SHIFTED)
def test_only_references_names_and_moments_change(tables, name):
    table, copy = tables[name], shift(tables[name], name, 3)
    assert copy.schema == table.schema
    assert copy.num_rows == table.num_rows
    for column in table.column_names:
        if column in SHIFTED[name]:
            assert flat(copy, column) == [value + 3 * STEP for value in flat(table, column)]
            assert copy[column].is_null().equals(table[column].is_null())
        elif column in REFERRING.get(name, ()):
            for own, other in zip(table[column].to_pylist(), copy[column].to_pylist(), strict=True):
                model, id = own.split(",")
                assert other == f"{model},{int(id) + 3 * STEP}"
        elif column in NAMED.get(name, ()):
            assert copy[column].to_pylist() == [named and f"{named} (3)" for named in table[column].to_pylist()]
        elif pa.types.is_timestamp(table.schema.field(column).type):
            moments = table[column].to_pylist()
            assert copy[column].to_pylist() == [moment and moment - timedelta(seconds=3) for moment in moments]
        else:
            assert copy[column].equals(table[column])


@pytest.mark.parametrize(("name", "column"), WITHIN)
def test_a_copy_refers_to_itself(tables, name, column):
    target = WITHIN[name, column]
    own = set(flat(tables[target], "id"))
    ours = sum(value in own for value in flat(tables[name], column))
    copied = set(flat(shift(tables[target], target, 2), "id"))
    theirs = sum(value in copied for value in flat(shift(tables[name], name, 2), column))
    assert ours == theirs > 0


def test_each_of_several_names_is_the_copys_own():
    orders = pa.table({"id": [1, 2], "name": ["P1", "P2"], "origin": ["WH/MO/1, WH/MO/2", None]})
    assert shift(orders, "purchase_order", 2)["origin"].to_pylist() == ["WH/MO/1 (2), WH/MO/2 (2)", None]


def test_lists_keep_their_lengths_in_slices_and_chunks(tables):
    moves = tables["stock_move"]
    pieces = pa.concat_tables([moves.slice(7, 900), moves.slice(1500)])
    before, after = pieces["destination_move_ids"], shift(pieces, "stock_move", 1)["destination_move_ids"]
    assert [len(ids) for ids in after.to_pylist()] == [len(ids) for ids in before.to_pylist()]


def test_master_data_is_not_copied(demo):
    products = landed(SOURCES["product_product"], demo["product_product"])
    assert shift(products, "product_product", 1) is None


def test_ids_of_a_block_stay_below_the_step(demo):
    assert max(record["id"] for found in demo.values() for record in found) < STEP
