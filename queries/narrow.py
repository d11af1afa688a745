"""Lists of the cases of some product families or people alone.

Most lists name the family and the person in each row. Those that count cases do not: what they read is made anew of the
cases that were chosen. `fct_case` is cut to these, the facts of a case follow it, and the marts that count cases are
made of both by their own SQL, so that a list says of some cases what it would say if there were no others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from queries import catalog

FAMILY = "product_family"
DIMENSIONS = (FAMILY, "responsible")  # of fct_case
RECORD, DOCUMENT = ("record_model", "record_id"), ("document_model", "document_id")
# Rows of a case, and what says of which one.
FACTS = {
    "fct_event": RECORD,
    "fct_wait": RECORD,
    "fct_deviation": RECORD,
    "fct_touch": RECORD,
    "fct_intervention": DOCUMENT,
}
OWN = {"fct_intervention": {FAMILY}}  # what facts that have no case tell themselves: stock is adjusted of a product
COUNTS = ("fct_variant", "agg_dfg", "agg_wait", "agg_deviation", "agg_touch_map")  # counts of cases: made anew
PREFIX = "only_"  # of the parameter that holds what was chosen of a dimension


def narrowed(sql: str, dimensions: Iterable[str]) -> str:
    """A SELECT over the cases that were chosen by `dimensions`, each a parameter of PREFIX and its name (see
    `parameters`); CatalogError where a case has no such dimension or the SELECT counts no cases."""
    for name in (wanted := list(dimensions)):
        if name not in DIMENSIONS:
            raise catalog.CatalogError(f"cases are not told apart by {name!r}: use {' or '.join(DIMENSIONS)}.")
    if not wanted:
        return sql
    tables = _tables(sql)
    if not tables:
        raise catalog.CatalogError("this list counts no cases: ask for it without product families and people.")
    made = ", ".join(f"{name} as ({_made(name, wanted, '$workflow' in sql)})" for name in tables)
    return f"with {made}\nselect * from (\n{sql}\n)"


def parameters(chosen: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """What was chosen of each dimension, as the parameters of `narrowed`."""
    return {PREFIX + name: list(values) for name, values in chosen.items()}


def _tables(sql: str) -> list[str]:
    """The tables that a SELECT reads of those that are cut or made anew, each after those it is made of."""
    known = {"fct_case", *FACTS, *COUNTS}
    found, asked = set(), catalog.depends_on(sql, known)
    while asked:
        found |= asked
        below = (catalog.depends_on(_marts()[name].sql, known) if name in COUNTS else {"fct_case"} for name in asked)
        asked = set().union(*below) - found
    return ["fct_case", *(name for name in (*FACTS, *COUNTS) if name in found)] if found else []


@cache
def _marts() -> dict[str, catalog.Mart]:
    """All marts, read once by each process."""
    return catalog.marts()


def _made(name: str, dimensions: Sequence[str], is_of_a_workflow: bool) -> str:
    """The SELECT that makes a table; `is_of_a_workflow`: the list asks for one, and needs no case of another."""
    if name in COUNTS:
        return f"\n{_marts()[name].sql}\n"
    if name == "fct_case" or OWN.get(name, set()).issuperset(dimensions):
        conditions = [f"list_contains(${PREFIX}{dimension}::varchar[], {dimension})" for dimension in dimensions]
        if name == "fct_case" and is_of_a_workflow:
            conditions.append("($workflow is null or workflow = $workflow)")
        return f"select * from main.{name} where {' and '.join(conditions)}"
    model, id = FACTS[name]
    key = f"(fact.instance, fact.{model}, fact.{id}) = (fct_case.instance, fct_case.record_model, fct_case.record_id)"
    return f"select fact.* from main.{name} as fact semi join fct_case on {key}"
