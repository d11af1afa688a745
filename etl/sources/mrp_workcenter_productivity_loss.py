"""Reasons for lost time at a work center."""

from etl.source import Source, column

SOURCE = Source(
    model="mrp.workcenter.productivity.loss",
    without="downtime has no reasons",
    fields={
        "name": column("char"),
        "loss_type_id": column("many2one", "loss_id"),
        "is_blocking_reason": column("boolean", "manual"),
    },
)
