"""Technical names of the access groups that stand for a role: who holds one may approve."""

from etl.source import Source, column

# module, name: purchase orders above the limit of double validation are approved by purchase managers.
PURCHASE_MANAGER = ("purchase", "group_purchase_manager")

SOURCE = Source(
    model="ir.model.data",
    without="approvals by somebody who does not hold the role are not seen",
    domain=(
        ("model", "=", "res.groups"),
        ("module", "=", PURCHASE_MANAGER[0]),
        ("name", "=", PURCHASE_MANAGER[1]),
    ),
    fields={
        "module": column("char"),
        "name": column("char"),
        "res_id": column("integer", "res_id"),
    },
)
