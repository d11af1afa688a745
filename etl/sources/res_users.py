"""Users: who did it, a person or a machine."""

from etl.source import Source, column

SOURCE = Source(
    model="res.users",
    without="actors stay unknown",
    needed=True,
    fields={
        "login": column("char", person=True),
        "partner_id": column("many2one"),
        "company_id": column("many2one"),
        "share": column("boolean"),
        "active": column("boolean"),
        "group_ids": column("many2many", "group_ids", "groups_id"),
    },
)
