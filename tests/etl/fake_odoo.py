"""An Odoo in memory: models with fields and rows, and domains as Odoo reads them."""

from __future__ import annotations

import operator as operators
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from etl.odoo import Login, ModelAbsent, NoRight

STAMPS = {"create_date": "datetime", "write_date": "datetime", "create_uid": "many2one", "write_uid": "many2one"}


class FakeOdoo:
    """`models` maps a model to (field -> Odoo type, rows); `read` collects the ids that were read.

    A type such as "float computed" is that of a field which Odoo does not store.
    """

    def __init__(self, models: dict[str, tuple[dict[str, str], list[dict]]], refused: tuple[str, ...] = ()):
        self.login = Login("odoo", "http://odoo.test", "db", "reader", "secret", is_api_key=True)
        self.models, self.refused = {"res.company": ({"name": "char"}, [{"id": 1}])} | models, refused
        self.read: list[int] = []
        self.clock_ahead = timedelta()

    def now(self) -> datetime:
        return datetime(2100, 1, 1)

    def page(self, model: str, ids: list[int], fields: list[str], language: str | None = None) -> list[dict]:
        return self.rows(model, [("id", "in", ids)], fields, language)

    def fields(self, model: str, names=()) -> dict[str, dict]:
        if model not in self.models:
            raise ModelAbsent(f"odoo has no model {model}.")
        return {"id": {"type": "integer"}} | {
            name: {"type": type.split()[0], "store": "computed" not in type}
            for name, type in self.models[model][0].items()
            if not names or name in names
        }

    def search(self, model: str, domain: list, **options) -> list[int]:
        if model in self.refused:
            raise NoRight(f"{model} may not be read")
        found = sorted(row["id"] for row in self.models[model][1] if matches(row, domain))
        return (found[::-1] if options.get("order") == "id desc" else found)[: options.get("limit")]

    def count(self, model: str, domain: list) -> int:
        return len(self.search(model, domain))

    def count_by(self, model: str, domain: list, field: str) -> dict[int | None, int]:
        return dict(Counter(row.get(field) or None for row in self.models[model][1] if matches(row, domain)))

    def call(self, model: str, method: str, ids: list[int], fields: list[str]) -> list[dict]:
        assert method == "read"
        return [{"id": row["id"]} for row in self.models[model][1] if row["id"] in ids]

    def rows(
        self, model: str, domain: list, fields: list[str], language: str | None = None, newest: int | None = None
    ) -> list[dict]:
        if model in self.refused:
            raise NoRight(f"{model} may not be read")
        every = self._listed_fields() if model == "ir.model.fields" else self.models[model][1]
        found = [row for row in every if matches(row, domain)]
        if newest:
            found = sorted(found, key=lambda row: -row["id"])[:newest]
        self.read += [row["id"] for row in found]
        return [{"id": row["id"]} | {name: row.get(name, False) for name in fields} for row in found]

    def _listed_fields(self) -> list[dict]:
        """Odoo's own list of the fields of its models."""
        every = [(model, name) for model, (fields, _) in self.models.items() for name in ["id", *fields]]
        return [
            {"id": number, "model": model, "name": name, "ttype": found["type"], "store": found.get("store", True)}
            for number, (model, name) in enumerate(every, start=1)
            for found in [self.fields(model)[name]]
        ]


def matches(row: dict, domain: list, value: Callable = lambda row, name: row.get(name, False)) -> bool:
    """Whether a row satisfies a domain in prefix notation; terms without an operator must all hold.

    `value(row, name)` is what a name stands for in a row, a dotted one included.
    """
    stack: list[bool] = []
    for term in reversed(domain):
        if term == "&":
            stack.append(stack.pop() & stack.pop())
        elif term == "|":
            stack.append(stack.pop() | stack.pop())
        else:
            name, operator, wanted = term
            stack.append(_holds(value(row, name), operator, wanted))
    return all(stack)


ORDERS = {">": operators.gt, ">=": operators.ge, "<": operators.lt, "<=": operators.le}


def _holds(value, operator: str, wanted) -> bool:
    if operator in ("in", "not in"):
        return (value in wanted) == (operator == "in")
    if operator in ORDERS:  # what is empty is neither more nor less
        return value is not False and ORDERS[operator](value, wanted)
    if operator in ("=", "!="):
        return (value == wanted) == (operator == "=")
    raise ValueError(f"the operator {operator!r} is not played here")
