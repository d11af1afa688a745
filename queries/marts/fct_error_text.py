"""
grain = "one row per text of an error and flow that failed with it: its pattern, and the issue it belongs to"
key = ["source", "instance", "flow_key", "error_code", "error_text"]
person = ["error_text", "pattern"]
reads = ["fct_integration_event"]
"""

# Each text is masked once, however often it stands: see queries/fingerprint.py.

from __future__ import annotations

import pyarrow as pa

from queries import fingerprint

OF_A_TEXT = (
    "source, instance, coalesce(flow_key, flow_name) as flow_key, coalesce(error_code, failure_class) as error_code, "
    "error_text"
)
NAMES = ("source", "instance", "flow_key", "error_code", "error_text", "pattern", "issue")


def build(con, as_of) -> pa.Table:
    failed = con.table("fct_integration_event").filter("is_kpi and (has_failed or status = 'failed')")
    rows = failed.project(OF_A_TEXT).distinct().to_arrow_table().to_pylist()
    patterns = {text: fingerprint.pattern(text) for text in {row["error_text"] for row in rows}}
    for row in rows:
        row["pattern"] = patterns[row["error_text"]]
        row["issue"] = fingerprint.key(
            row["source"], row["instance"], row["flow_key"], row["error_code"], row["pattern"]
        )
    return pa.Table.from_pylist(rows, pa.schema([(name, pa.string()) for name in NAMES]))
