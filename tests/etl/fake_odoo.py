"""An Odoo in memory: models with fields and rows, and domains as Odoo reads them."""

from __future__ import annotations

from collections import Counter
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

    def fields(self, model: str) -> dict[str, dict]:
        if model not in self.models:
            raise ModelAbsent(f"odoo has no model {model}.")
        return {"id": {"type": "integer"}} | {
            name: {"type": type.split()[0], "store": "computed" not in type}
            for name, type in self.models[model][0].items()
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

    def rows(self, model: str, domain: list, fields: list[str], language: str | None = None) -> list[dict]:
        found = [row for row in self.models[model][1] if matches(row, domain)]
        self.read += [row["id"] for row in found]
        return [{"id": row["id"]} | {name: row.get(name, False) for name in fields} for row in found]


def matches(row: dict, domain: list) -> bool:
    """Whether a row satisfies a domain in prefix notation; terms without an operator must all hold."""
    stack: list[bool] = []
    for term in reversed(domain):
        if term == "&":
            stack.append(stack.pop() & stack.pop())
        elif term == "|":
            stack.append(stack.pop() | stack.pop())
        else:
            stack.append(_holds(row, *term))
    return all(stack)


def _holds(row: dict, name: str, operator: str, wanted) -> bool:
    value = row.get(name, False)
    if operator == "in":
        return value in wanted
    if operator == "not in":
        return value not in wanted
    if operator == ">":
        return value > wanted
    if operator == "<=":
        return value <= wanted
    if operator == ">=":
        return bool(value) and value >= wanted
    return (value == wanted) == (operator == "=")
