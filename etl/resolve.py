"""Asks an Odoo what it has of each source: under which name the model, under which names its fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from etl.odoo import ModelAbsent, NoRight, Odoo, OdooError
from etl.source import STORED_AS, Source
from etl.streams import Streams, ahead, width

NEWEST_ROWS = 20  # looked at to know the newest id: Odoo may leave out of them what the user must not see

Columns = dict[str, str | None]  # column -> Odoo field, None where none fits


@dataclass(frozen=True)
class Resolved:
    """A source as one Odoo has it: the model's name, and stable name -> Odoo field, None where none fits."""

    source: Source
    fields: Columns
    model: str
    open_domain: tuple | None = None
    computed_domain: tuple | None = None
    absent: bool = False
    refused: bool = False  # the user may not read it
    newest: int | None = 0  # the highest id when it was looked for; 0 when none was seen, None when nobody looked
    is_presumed: bool = False  # as at the last run, which Odoo's list of fields still agrees with

    @property
    def missing(self) -> list[str]:
        """Columns that this Odoo should have and has not."""
        return [name for name, found in self.fields.items() if not found and self.source.fields[name].is_everywhere]

    def asked_for(self, computed: bool) -> list[str]:
        """The Odoo fields to read: what is stored and the cursor, with or without what Odoo works out when asked."""
        declared = self.source.fields
        names = {field for name, field in self.fields.items() if field and (computed or not declared[name].computed)}
        return sorted(names | ({self.source.cursor} if self.source.has_cursor else set()))


def resolve(
    odoo: Odoo | Streams, sources: list[Source], tracked: list[str], before: Mapping[str, Columns] = {}
) -> list[Resolved]:
    """Every source as this Odoo has it. OdooError names all needed models the user may not read, in one sentence.

    `before` says from which fields a source was read at the last run, from none where it was absent. Where Odoo's own
    list of fields gives the same, that is presumed and nothing more is asked: whether the user may still read them
    shows when they are read.
    """
    listed = _listed_fields(odoo, sources, tracked) if before else None

    def one(source: Source) -> Resolved:
        presumed = _as_before(source, tracked, before.get(source.name), listed) if listed is not None else None
        return presumed or resolve_one(odoo, source, tracked)

    resolved = [found for _, found in ahead(one, sources, width(odoo))]
    require(odoo, resolved)
    return resolved


def require(odoo: Odoo | Streams, resolved: list[Resolved]) -> None:
    """OdooError when the user may not read a model without which nothing can be measured."""
    refused = [item for item in resolved if item.refused and item.source.needed]
    if refused:
        models = ", ".join(item.model for item in refused)
        raise OdooError(
            f"User {odoo.login.user!r} may not read {models} on {odoo.login.instance}, "
            f"so {refused[0].source.without}: give it read access to them (a group with read-only access rights)."
        )


def _listed_fields(odoo: Odoo | Streams, sources: list[Source], tracked: list[str]) -> dict | None:
    """Model -> field -> what fields_get would say of it, in one question; None where the user may not ask."""
    models = sorted({model for source in sources for model in source.models})
    names = sorted(set().union(*(_asked_about(source, tracked) for source in sources)))
    try:
        rows = odoo.rows(
            "ir.model.fields", [("model", "in", models), ("name", "in", names)], ["model", "name", "ttype", "store"]
        )
    except NoRight:
        return None
    listed: dict[str, dict] = {}
    for row in rows:
        listed.setdefault(row["model"], {})[row["name"]] = {"type": row["ttype"], "store": row["store"]}
    return listed


def _as_before(source: Source, tracked: list[str], before: Columns | None, listed: dict) -> Resolved | None:
    """A source as it was at the last run, or None where Odoo lists anything else."""
    models = [model for model in source.models if model in listed]
    if before is None or bool(models) != bool(before):
        return None
    if not models:
        return Resolved(source, dict.fromkeys(source.fields), source.model, absent=True)
    available = listed[models[0]]
    resolved = pick_fields(source, models[0], available)
    if resolved.fields != before or not _fields_of(domain_of(source, tracked, before)) <= available.keys():
        return None
    return replace(resolved, newest=None, is_presumed=True)


def resolve_one(odoo: Odoo, source: Source, tracked: list[str]) -> Resolved:
    """A source as this Odoo has it, absent and refused included."""
    nothing = dict.fromkeys(source.fields)
    for model in source.models:
        try:
            available = odoo.fields(model, _asked_about(source, tracked))
            resolved = pick_fields(source, model, available)
            domain = domain_of(source, tracked, resolved.fields)
            if not _fields_of(domain) <= available.keys():
                continue  # another model of the same name
            return replace(resolved, newest=newest(odoo, resolved, domain))
        except ModelAbsent:
            continue
        except NoRight:
            return Resolved(source, nothing, model, refused=True)
    return Resolved(source, nothing, source.model, absent=True)


def newest(odoo: Odoo, resolved: Resolved, domain: list) -> int:
    """The highest id of a model, 0 when none is seen."""
    return max(odoo.search(resolved.model, domain, order="id desc", limit=NEWEST_ROWS), default=0)


def _asked_about(source: Source, tracked: list[str]) -> set[str]:
    """Every Odoo field that a source may be read from, or that its domains ask about."""
    names = {candidate for name, field in source.fields.items() for candidate in field.candidates or (name,)}
    domains = (domain_of(source, tracked), source.open_domain or (), source.computed_domain or ())
    return names.union({source.cursor, source.created} - {None}, *map(_fields_of, domains))


def pick_fields(source: Source, model: str, available: dict[str, dict]) -> Resolved:
    """A source with the fields of `model` that are `available` to the user."""
    fields = {name: _pick(source, name, available) for name in source.fields}
    computed = [name for name, field in fields.items() if field and source.fields[name].computed]
    return Resolved(
        source,
        fields,
        model,
        open_domain=_where_known(source.open_domain, available),
        computed_domain=_where_known(source.computed_domain, available) if computed else None,
    )


def _where_known(domain: tuple | None, available: dict[str, dict]) -> tuple | None:
    """A domain, or None where the model lacks a field that it asks about."""
    return domain if domain is not None and _fields_of(domain) <= available.keys() else None


def _fields_of(domain: Iterable) -> set[str]:
    """The model's own fields that a domain asks about."""
    return {term[0].partition(".")[0] for term in domain if not isinstance(term, str)}


def _pick(source: Source, name: str, available: dict[str, dict]) -> str | None:
    """The first candidate of the declared type, stored or declared as computed."""
    declared = source.fields[name]
    for candidate in declared.candidates or (name,):
        found = available.get(candidate)
        if found and (declared.computed or found.get("store") is not False):
            type = STORED_AS.get(found["type"], found["type"])
            if type == declared.type or {type, declared.type} <= {"char", "text", "selection"}:
                return candidate
            if {type, declared.type} == {"integer", "float"}:
                return candidate
            if (type, declared.type) == ("many2one", "many2many"):
                return candidate
    return None


def domain_of(source: Source, tracked: list[str], fields: Columns | None = None) -> list:
    """The domain a source reads, as Odoo takes it; `fields` says which Odoo field a column is read from."""
    domain = source.domain(tracked) if callable(source.domain) else source.domain
    return [[_path(term[0], fields or {}), *term[1:]] if isinstance(term, tuple) else term for term in domain]


def _path(path: str, fields: Columns) -> str:
    """A path of a domain that begins with a column's name, through the field the column is read from."""
    first, dot, rest = path.partition(".")
    return (fields.get(first) or first) + dot + rest
