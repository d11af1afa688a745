"""Tier definitions (OCA base_tier_validation): the rules that ask for a review."""

from etl.source import Source, column

SOURCE = Source(
    model="tier.definition",
    without="approval steps through OCA tiers have no names, and waiting in turn cannot be told",
    needed=True,
    fields={
        "name": column("char"),
        "approve_sequence": column("boolean"),
        "review_type": column("selection"),
        "reviewer_id": column("many2one"),
        "active": column("boolean"),
    },
)
