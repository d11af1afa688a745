"""What an Odoo source file declares, and how the source files are found.

A file `etl/sources/<name>.py` holds one `SOURCE`. Its name gives the raw table `raw.<name>` and the staging
views `stg_<name>` (current rows) and `stg_<name>_history` (every version). Nothing else is registered anywhere.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cache

import pyarrow as pa

from etl import sources as source_files

ARROW_TYPES = {
    "char": pa.string(),
    "text": pa.string(),
    "selection": pa.string(),
    "reference": pa.string(),
    "integer": pa.int64(),
    "many2one": pa.int64(),
    "float": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "datetime": pa.timestamp("us"),
    "many2many": pa.list_(pa.int64()),
}

# What Odoo's fields_get calls a field, and what we store it as.
STORED_AS = {
    "html": "text",
    "monetary": "float",
    "many2one_reference": "integer",
    "one2many": "many2many",
}


KINDS = ("mutable", "append", "unstamped")
SWEEPS = ("nightly", "document", "open", "never")
MASKS = ("text", "account", "records")


@dataclass(frozen=True)
class Field:
    """One column: its stored type, the Odoo fields it may come from (first one present wins)."""

    type: str
    candidates: tuple[str, ...] = ()
    person: bool = False  # names or identifies a natural person
    mask: str = ""  # how a value is masked before it is landed
    until: int = 0  # the last Odoo version that has it; 0 while it still does
    only: str = ""  # what else it takes for the model to have it
    compared: bool = True  # whether a change of it alone opens a new version of the row
    computed: bool = False  # Odoo works it out when asked: read only of the rows in the source's `computed_domain`

    @property
    def is_everywhere(self) -> bool:
        """Whether its absence is worth a word."""
        return not self.until and not self.only

    @property
    def arrow_type(self) -> pa.DataType:
        return ARROW_TYPES[self.type]


def column(
    type: str,
    *candidates: str,
    person: bool = False,
    mask: str = "",
    until: int = 0,
    only: str = "",
    compared: bool = True,
    computed: bool = False,
) -> Field:
    """A column read from the first of `candidates` the Odoo model has; without candidates, from its own name.

    person: names or identifies a natural person, so readers without the right to names do not see it.
    mask: "text" takes addresses, numbers and keys out of a text, "account" keeps a hash and the last characters,
        "records" of a call the records that it is about.
    until, only: the last Odoo version that has the field, or what must be installed for it; such a column stays
        empty elsewhere and is not reported as missing.
    compared: False for what only goes with a change, such as who made it: it opens no version of its own.
    computed: not stored in Odoo but worked out when asked, so there is no past of it but ours.
    A `many2many` column also takes a candidate that is a many2one: a list of one.
    """
    if type not in ARROW_TYPES:
        raise ValueError(f"field type {type!r} is unknown; use one of {', '.join(ARROW_TYPES)}")
    if mask not in ("", *MASKS):
        raise ValueError(f"mask {mask!r} is unknown; use one of {', '.join(MASKS)}")
    return Field(type, candidates, person, mask, until, only, compared, computed)


@dataclass(frozen=True)
class Source:
    """One Odoo model to read.

    model, former_models: its name, and the names it had in older versions; the first one the server has is read.
    kind: `mutable` rows change and are versioned; `append` rows are written once and kept once; `unstamped` rows
        change and are versioned, but no write date moves.
    cursor: the Odoo field that moves when a mutable row changes; None reads every row each time. Append-only
        rows need none: those whose id is not yet known are read. Unstamped rows may have one that dates their end.
    sweep: `nightly` compares the ids of every run with Odoo's and closes what vanished; `document` does so for the
        newest, and for all once a week: they vanish with their document, and are closed with it; `open` closes only
        what vanished while it was open, where Odoo clears away what is done; `never` closes nothing.
    follows: of rows swept with their document, the column with its model (or its model) and the column with its id.
    domain: restricts what is read, in Odoo's own syntax; a function gets the tracked models and returns it. A column's
        name stands for the field it is read from.
    open_domain: rows that are still open: read on a first load whatever their age, then each time, and once more after
        they ended. With None a first load reads everything at once, and of unstamped rows every load does.
    computed_domain: the rows whose `computed` columns are read; in all others they are empty. Working them out takes
        Odoo time, so it names few rows, and only open ones.
    created: the Odoo field that says when a row was made.
    languages: read once per installed language; the key gains the column `lang`.
    tracked: documents whose chatter is an event source (see mail_message): the fields whose changes KPIs need, by
        their names in Odoo; True when any change will do.
    settled: columns of a source beside Odoo of which any says that nothing more is asked about the row.
    needed: a refresh stops when the user may not read it; otherwise it goes on and says what that costs.
    without: what cannot be measured when the model or its rows are missing.
    """

    model: str
    fields: dict[str, Field]
    without: str
    former_models: tuple[str, ...] = ()
    kind: str = "mutable"
    cursor: str | None = "write_date"
    sweep: str = "nightly"
    follows: tuple[str, str] | tuple[()] = ()
    domain: tuple | Callable[[list[str]], tuple] = ()
    open_domain: tuple | None = None
    computed_domain: tuple | None = None
    created: str = "create_date"
    languages: bool = False
    tracked: bool | tuple[str, ...] = False
    settled: tuple[str, ...] = ()
    needed: bool = False
    name: str = field(default="")

    @property
    def cost(self) -> str:
        """`without` of a model that is there and may not be read: nothing of a module that is not installed."""
        return re.sub(r"^no [^:]+: ", "", self.without)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"{self.model}: kind {self.kind!r} is unknown; use one of {', '.join(KINDS)}")
        if self.sweep not in SWEEPS:
            raise ValueError(f"{self.model}: sweep {self.sweep!r} is unknown; use one of {', '.join(SWEEPS)}")
        if (self.sweep == "document") != bool(self.follows):
            raise ValueError(f"{self.model}: rows swept with their document say which it is, and only they: follows=")
        if self.sweep == "open" and (self.kind != "unstamped" or self.open_domain is None):
            raise ValueError(f"{self.model}: only unstamped rows with an open_domain can be swept while open")
        if any(field.computed for field in self.fields.values()) != (self.computed_domain is not None):
            raise ValueError(f"{self.model}: computed columns and a computed_domain go together")

    @property
    def models(self) -> tuple[str, ...]:
        """Names of the model, the present one first."""
        return (self.model, *self.former_models)

    @property
    def has_cursor(self) -> bool:
        """Whether the newest cursor of its rows is kept."""
        return self.kind != "append" and self.cursor is not None

    @property
    def key(self) -> tuple[str, ...]:
        return ("instance", "id", "lang") if self.languages else ("instance", "id")

    @property
    def columns(self) -> dict[str, pa.DataType]:
        """Every stored column and its Arrow type, key first."""
        key = {"instance": pa.string(), "id": pa.int64()}
        if self.languages:
            key["lang"] = pa.string()
        return key | {name: field.arrow_type for name, field in self.fields.items()}

    @property
    def views(self) -> tuple[str, ...]:
        """Its staging views: current rows, current and vanished ones, every version."""
        return tuple(f"stg_{self.name}{kind}" for kind in ("", "_last", "_history"))

    @property
    def schema(self) -> pa.Schema:
        return pa.schema(list(self.columns.items()))


@cache
def discover() -> dict[str, Source]:
    """Every source by name, from the files in etl/sources; ValueError names a file that declares none."""
    found = {}
    for module_info in pkgutil.iter_modules(source_files.__path__):
        module = importlib.import_module(f"{source_files.__name__}.{module_info.name}")
        source = getattr(module, "SOURCE", None)
        if not isinstance(source, Source):
            raise ValueError(f"etl/sources/{module_info.name}.py declares no SOURCE = Source(...)")
        expected = source.model.replace(".", "_")
        if module_info.name != expected:
            raise ValueError(f"etl/sources/{module_info.name}.py reads {source.model}: call the file {expected}.py")
        found[module_info.name] = replace(source, name=module_info.name)
    return found


def tracked_models(sources: Iterable[Source]) -> list[str]:
    """The document models whose chatter is read as events, sorted."""
    return sorted(source.model for source in sources if source.tracked)
