"""Kinds of lost time: availability, performance, quality, productive."""

from etl.source import Source, column

SOURCE = Source(
    model="mrp.workcenter.productivity.loss.type",
    without="downtime cannot be told from productive time",
    fields={
        "loss_type": column("selection"),
    },
)
