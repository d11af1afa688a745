"""More of the demo plants: copies of a landed block with ids of their own.

A copy holds the same history once more: documents, moves, messages and everything between them get ids
shifted by a constant, so that a copy refers to itself only. All copies share the master data; names stay as
they are.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

# No source of one block has an id beyond this, and 200 copies stay within Odoo's 32 bits.
STEP = 10_000_000

# Columns of transactional sources that hold ids of transactional records, in our stable names.
SHIFTED = {
    "mrp_production": ("id",),
    "stock_move": (
        "id",
        "raw_material_production_id",
        "production_id",
        "purchase_line_id",
        "picking_id",
        "destination_move_ids",
    ),
    "stock_move_line": ("id", "move_id", "picking_id"),
    "purchase_order": ("id",),
    "purchase_order_line": ("id", "order_id"),
    "mail_message": ("id", "document_id"),
    "mail_tracking_value": ("id", "message_id"),
    "tier_review": ("id", "document_id"),
    "auditlog_log": ("id", "document_id"),
    "auditlog_log_line": ("id", "log_id"),
}


def shift(table: pa.Table, source_name: str, copy: int) -> pa.Table | None:
    """Copy number `copy` (1, 2, …) of a landed table; None for master data, which is not copied."""
    if source_name not in SHIFTED:
        return None
    by = pa.scalar(copy * STEP, pa.int64())
    for name in SHIFTED[source_name]:
        place, column = table.schema.get_field_index(name), table[name]
        chunks = [_shifted(chunk, by) for chunk in column.chunks]
        table = table.set_column(place, table.schema.field(name), pa.chunked_array(chunks, column.type))
    return table


def _shifted(ids: pa.Array, by: pa.Scalar) -> pa.Array:
    """Ids, or lists of ids, plus `by`; what is empty stays empty."""
    if not pa.types.is_list(ids.type):
        return pc.add(ids, by)
    lengths = pc.fill_null(pc.list_value_length(ids), 0)
    ends = pc.cumulative_sum(pc.cast(lengths, pa.int32()))
    offsets = pa.concat_arrays([pa.array([0], pa.int32()), ends])
    return pa.ListArray.from_arrays(offsets, pc.add(pc.list_flatten(ids), by), ids.type, mask=pc.is_null(ids))
