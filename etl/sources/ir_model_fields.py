"""Field definitions of the tracked documents: which field a tracking value is about."""

from etl.source import Source, column

SOURCE = Source(
    model="ir.model.fields",
    without="tracked changes cannot be told apart: every lead time is lost",
    needed=True,
    domain=lambda tracked: (("model", "in", tracked),),
    fields={
        "document_model": column("char", "model"),
        "field_name": column("char", "name"),
        "field_type": column("selection", "ttype"),
    },
)
