"""More of the demo plants: copies of a landed block with ids of their own.

A copy holds the same history once more: documents, moves, messages and everything between them get ids
shifted by a constant, and documents names of their own, so that a copy refers to itself only. It happened a second
before the copy made before it: nobody does the same to fifty documents at once. All copies share the master data.
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
        "sale_line_id",
        "picking_id",
        "returned_move_id",
        "destination_move_ids",
    ),
    "stock_move_line": ("id", "move_id", "picking_id", "lot_id"),
    "stock_lot": ("id",),
    "mrp_workorder": ("id", "production_id", "blocked_by_ids"),
    "mrp_workcenter_productivity": ("id", "workorder_id"),
    "stock_picking": ("id", "backorder_id", "sale_id"),
    "purchase_order": ("id",),
    "purchase_order_line": ("id", "order_id"),
    "sale_order": ("id",),
    "sale_order_line": ("id", "order_id"),
    "mail_message": ("id", "document_id"),
    "mail_tracking_value": ("id", "message_id"),
    "tier_review": ("id", "document_id"),
    "account_move": ("id",),
    "account_move_line": ("id", "move_id", "purchase_line_id"),
    "stock_landed_cost": ("id", "picking_ids"),
    "maintenance_request": ("id",),
    "mgmtsystem_nonconformity": ("id", "document_id", "action_ids"),
    "mgmtsystem_action": ("id",),
    "qc_inspection": ("id",),
    "stock_scrap": ("id", "production_id", "lot_id"),
    "mrp_unbuild": ("id", "production_id"),
    "mail_activity": ("id", "document_id"),
    "auditlog_log": ("id", "document_id"),
    "auditlog_log_line": ("id", "log_id"),
}

# Columns that hold names of transactional documents, several of them after commas.
NAMED = {
    "mrp_production": ("name", "origin"),
    "stock_move": ("reference", "origin"),
    "stock_picking": ("name", "origin"),
    "purchase_order": ("name", "origin"),
    "account_move": ("name", "origin"),
    "stock_landed_cost": ("name",),
    "sale_order": ("name",),
    "maintenance_request": ("name",),
    "mgmtsystem_nonconformity": ("number",),
    "mgmtsystem_action": ("reference",),
    "stock_scrap": ("name", "origin"),
    "mrp_unbuild": ("name",),
    "qc_inspection": ("name",),
    "stock_lot": ("name",),
}

# Columns that hold a reference to a transactional record: its model and id.
REFERRING = {"qc_inspection": ("document",)}


def shift(table: pa.Table, source_name: str, copy: int) -> pa.Table | None:
    """Copy number `copy` (1, 2, …) of a landed table; None for master data, which is not copied."""
    if source_name not in SHIFTED:
        return None
    by = pa.scalar(copy * STEP, pa.int64())
    for name in SHIFTED[source_name]:
        place, column = table.schema.get_field_index(name), table[name]
        chunks = [_shifted(chunk, by) for chunk in column.chunks]
        table = table.set_column(place, table.schema.field(name), pa.chunked_array(chunks, column.type))
    for name in NAMED.get(source_name, ()):
        place, own = table.schema.get_field_index(name), rf"\0 ({copy})"
        named = pc.replace_substring_regex(table[name], r"[^,]+", own)
        table = table.set_column(place, table.schema.field(name), named)
    for name in REFERRING.get(source_name, ()):
        place = table.schema.get_field_index(name)
        model, id = (pc.list_element(pc.split_pattern(table[name], ","), part) for part in (0, 1))
        shifted = pc.cast(pc.add(pc.cast(id, pa.int64()), by), pa.string())
        table = table.set_column(place, table.schema.field(name), pc.binary_join_element_wise(model, shifted, ","))
    for place, field in enumerate(table.schema):
        if pa.types.is_timestamp(field.type):
            earlier = pc.subtract(table[place], pa.scalar(copy * 1_000_000, pa.duration("us")))
            table = table.set_column(place, field, earlier)
    return table


def _shifted(ids: pa.Array, by: pa.Scalar) -> pa.Array:
    """Ids, or lists of ids, plus `by`; what is empty stays empty."""
    if not pa.types.is_list(ids.type):
        return pc.add(ids, by)
    lengths = pc.fill_null(pc.list_value_length(ids), 0)
    ends = pc.cumulative_sum(pc.cast(lengths, pa.int32()))
    offsets = pa.concat_arrays([pa.array([0], pa.int32()), ends])
    return pa.ListArray.from_arrays(offsets, pc.add(pc.list_flatten(ids), by), ids.type, mask=pc.is_null(ids))
