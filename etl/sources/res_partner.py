"""Partners: vendors, customers, and the names and languages of users."""

from etl.source import Source, column

SOURCE = Source(
    model="res.partner",
    without="vendors and users have no names",
    needed=True,
    fields={
        "name": column("char", person=True),
        "is_company": column("boolean"),
        "parent_id": column("many2one"),
        "commercial_partner_id": column("many2one"),
        "country_id": column("many2one"),
        "tax_number": column("char", "vat", person=True, mask="account"),
        "lang": column("selection"),
        "active": column("boolean"),
    },
)
