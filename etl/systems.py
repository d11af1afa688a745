"""What is read beside Odoo: one module for each system.

Such a module holds its `SOURCES` (name -> Source) and `land(con, config, folder, wanted, progress)`, which reads those
of them that are `wanted` (names) from every place the configuration names into landing. It never raises for a place
that cannot be read: it books the reason there (fact `problem`), and Odoo's rows are published all the same.
"""

from __future__ import annotations

from functools import cache

from etl import inbox, n8n
from etl.source import Source, discover
from queries import catalog

SYSTEMS = (n8n, inbox)
AUTOMATION = "fct_automation"  # whether Odoo's own automation works


@cache
def every() -> dict[str, Source]:
    """Every source by name: Odoo's models, then those of the other systems."""
    found = dict(discover())
    for system in SYSTEMS:
        found |= system.SOURCES
    return found


def recorded() -> dict[str, Source]:
    """The sources that tell of integrations: those that queries/integrations or the mart of automation reads,
    and those of other systems."""
    asked = " ".join([*(one.sql for one in catalog.integrations().values()), catalog.marts()[AUTOMATION].sql])
    beside = every().keys() - discover().keys()
    return {n: source for n, source in every().items() if n in beside or catalog.depends_on(asked, source.views)}
