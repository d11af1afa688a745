"""Selection labels of the tracked documents in every installed language: labels back to keys."""

from etl.source import Source, column

SOURCE = Source(
    model="ir.model.fields.selection",
    without="labels of state changes cannot be turned back into states",
    needed=True,
    cursor=None,
    languages=True,
    domain=lambda tracked: (("field_id.model", "in", tracked),),
    fields={
        "field_id": column("many2one"),
        "value": column("char"),
        "label": column("char", "name"),
    },
)
