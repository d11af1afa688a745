"""Access groups: which groups bring others with them."""

from etl.source import Source, column

SOURCE = Source(
    model="res.groups",
    without="approvals by somebody who does not hold the role are not seen",
    fields={
        "implied_ids": column("many2many"),
    },
)
