"""Everything that is one file: KPIs, marts, lists, checks and exceptions, found by folder.

Such a file opens with a comment that holds a TOML header, then comes one SELECT. A mart that SQL cannot say is a Python
file instead, with the header as its docstring and a function `build`. A header with an unknown or a missing key, or a
word that is not one of the allowed ones, fails here with the file, the key and the remedy.
"""

from __future__ import annotations

import ast
import importlib.util
import re
import tomllib
from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields, replace
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from queries.config import ConfigError, quantity

FOLDER = Path(__file__).parent

MEASURES = {
    # measure: the columns its SELECT must return, and the statistics it can give
    "duration": (("started_at", "ended_at", "elapsed_seconds", "working_seconds"), ("p50", "p85", "p90", "p95")),
    "share": (("at", "is_bad"), ("rate",)),
    "stock": (("entered_at", "left_at"), ("count", "p50", "p85", "p90", "p95")),
    "ratio": (("at", "numerator", "denominator"), ("ratio",)),
    "sum": (("at", "amount"), ("total",)),
    "index": (("from_on", "at", "value", "low", "high", "weight", "plant_count", "reason"), ("index",)),
}
ALTERNATIVES = {"share": {"at": ("due_at",), "is_bad": ("is_good",)}}
UNITS = ("duration", "count", "share", "currency", "index")
DIRECTIONS = ("lower", "higher", "none")
CLOCKS = ("elapsed", "working")
AUDIENCES = ("executive", "plant manager", "operator")
SEVERITIES = ("fail", "warn")
EXCEPTION_SEVERITIES = ("high", "medium", "low")
DATA, MASTER_DATA = CHECKED = ("data", "master data")
DUTIES, SENSITIVE_CHANGE, CONTROL = GOVERNED = ("duties", "sensitive change", "control")
RECORD_COLUMNS = ("instance", "record_model", "record_id", "plant")
# What the SELECT of an exception must and may return.
EXCEPTION_COLUMNS = ("instance", "record_model", "record_id", "name", "plant", "since_at")
EXCEPTION_EXTRAS = ("responsible", "detail", "amount", "currency")
INTEGRATIONS = "{{integration}}"  # in a mart: each integration source in turn


class CatalogError(Exception):
    """A file of the catalogue is wrong; the message names the file, the key and the remedy."""


@dataclass(frozen=True)
class Kpi:
    """A KPI: its header and the SELECT that returns the rows behind the number.

    headline: its place among the headline KPIs, if it is one.
    told: what a sentence says that a plant does, with {value} for the number: "takes {value} to release an order".
    coverage: where the SELECT returns `is_measured`, what is known of the cases that count: "plan known".
    objective, limit: its service level, from which its budget of misses follows: this share of cases in good order,
    which for durations means within so many seconds.
    reach: how many seconds back its rows go, where not for ever; periods that begin earlier have no line.
    """

    name: str
    domain: str
    file: str
    sql: str
    title: str
    definition: str
    unit: str
    direction: str
    owner: str
    measure: str
    statistic: str
    clocks: tuple[str, ...]
    dimensions: tuple[str, ...]
    audience: tuple[str, ...]
    target: float | None = None
    coverage: str | None = None
    headline: float | None = None
    told: str | None = None
    objective: float | None = None
    limit: float | None = None
    reach: float | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns the SELECT must return, alternatives such as at|due_at left out."""
        return (*RECORD_COLUMNS, *(d for d in self.dimensions if d != "plant"))


@dataclass(frozen=True)
class Mart:
    """A mart: grain and key in words and columns; `person` lists the columns that name people.

    build: of a Python file, which makes the rows: (connection, moment of the data in UTC) -> Arrow table, with all its
    columns even when it is empty. It `reads` these marts and no others, and speaks no SQL of its own.
    """

    name: str
    file: str
    sql: str
    grain: str
    key: tuple[str, ...]
    person: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    build: Callable | None = None

    def made_from(self, names) -> set[str]:
        """Which of the tables `names` it is made from."""
        return (set(self.reads) & set(names) if self.build else depends_on(self.sql, names)) - {self.name}


@dataclass(frozen=True)
class Listing:
    """A list that pages show: named parameters as in the SELECT ($name)."""

    name: str
    file: str
    sql: str
    title: str
    definition: str

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of its parameters in the order in which they appear, the moment of the data apart."""
        return tuple(dict.fromkeys(name for name in re.findall(r"\$(\w+)", self.sql) if name != "as_of"))


@dataclass(frozen=True)
class IntegrationSource:
    """Something that records runs of integrations: its SELECT returns columns of `fct_integration_event`, those it can
    tell. blind: what it cannot tell.
    """

    name: str
    file: str
    sql: str
    title: str
    definition: str
    blind: str


@dataclass(frozen=True)
class Check:
    """Rows that must not exist. `fail` keeps the run from being published, `warn` only tells.

    about: the data, or master data; a check of these returns every record it looks at, and whether it `is_wrong`.
    limit: from where on something is wrong, as `limit_of('<name>', plant)` in its SQL; ops.toml may say another.
    """

    name: str
    file: str
    sql: str
    title: str
    definition: str
    severity: str
    owner: str
    remedy: str
    about: str = DATA
    limit: float | None = None


@dataclass(frozen=True)
class ExceptionRule:
    """Records that need somebody: since when, how long that may take (`sla`, seconds), who is to do what, and who takes
    over when it is overdue (`fallback`).

    about: what of governance it is about, one of GOVERNED, if it is.
    limit: from where on a record is an exception, as `limit_of('<name>', plant)` in its SQL.
    needs: sources without which it finds nothing; "a or b" where one of them is enough.
    severity, sla, owner, fallback and limit are what applies unless ops.toml says otherwise (see `queries.rules`).
    """

    name: str
    file: str
    sql: str
    title: str
    definition: str
    severity: str
    sla: float
    owner: str
    fallback: str
    remedy: str
    about: str | None = None
    limit: float | None = None
    needs: tuple[str, ...] = ()


def load(folder: Path = FOLDER) -> dict[str, Kpi]:
    """Every KPI by name, from kpis/<domain>/<name>.sql."""
    found: dict[str, Kpi] = {}
    for path in sorted((folder / "kpis").glob("*/*.sql")):
        kpi = _read(Kpi, path, domain=path.parent.name)
        _check_kpi(kpi)
        if kpi.name in found:
            raise CatalogError(f"{kpi.file}: a KPI called {kpi.name} exists in {found[kpi.name].file} too: rename one.")
        found[kpi.name] = kpi
    return found


def marts(folder: Path = FOLDER) -> dict[str, Mart]:
    """Every mart by name, in an order in which each follows the marts it reads."""
    found = {path.stem: _read(Mart, path, build=None) for path in sorted((folder / "marts").glob("*.sql"))}
    found = {name: replace(mart, sql=_with_integrations(mart.sql, folder)) for name, mart in found.items()}
    for path in sorted((folder / "marts").glob("*.py")):
        if path.stem in found:
            raise CatalogError(f"marts/{path.name}: there is a mart {path.stem}.sql too: rename one.")
        found[path.stem] = _read(Mart, path, build=_built_by(path))
    return _ordered(found)


@cache
def integrations(folder: Path = FOLDER) -> dict[str, IntegrationSource]:
    """Where runs of integrations are recorded, from integrations/<name>.sql."""
    return {path.stem: _read(IntegrationSource, path) for path in sorted((folder / "integrations").glob("*.sql"))}


@cache
def lists(folder: Path = FOLDER) -> dict[str, Listing]:
    return {path.stem: _read(Listing, path) for path in sorted((folder / "lists").glob("*.sql"))}


@cache
def exports(folder: Path = FOLDER) -> dict[str, Listing]:
    """What `queries export` writes, from exports/<name>.sql."""
    return {path.stem: _read(Listing, path) for path in sorted((folder / "exports").glob("*.sql"))}


def checks(folder: Path = FOLDER) -> dict[str, Check]:
    found = {path.stem: _read(Check, path) for path in sorted((folder / "checks").glob("*.sql"))}
    for check in found.values():
        _one_of(check, "severity", SEVERITIES)
        _one_of(check, "about", CHECKED)
    return found


def exceptions(folder: Path = FOLDER) -> dict[str, ExceptionRule]:
    found = {path.stem: _read(ExceptionRule, path) for path in sorted((folder / "exceptions").glob("*.sql"))}
    for rule in found.values():
        _one_of(rule, "severity", EXCEPTION_SEVERITIES)
        if rule.about is not None:
            _one_of(rule, "about", GOVERNED)
    return found


def depends_on(sql: str, names) -> set[str]:
    """Which of `names` the SQL mentions as whole words, comments apart."""
    return _words(sql) & set(names)


def marts_of(kpi: Kpi, names) -> set[str]:
    """Which of the marts `names` a KPI is made from; by the clock of working time, ages take the calendar, too."""
    by_calendar = {"dim_calendar"} if "working" in kpi.clocks else set()
    return depends_on(kpi.sql, names) | by_calendar.intersection(names)


def facts_of(sql: str) -> set[str]:
    """The tables of facts and figures that SQL mentions, comments apart."""
    return {word for word in _words(sql) if word.startswith(("fct_", "agg_"))}


@cache
def _words(sql: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", re.sub(r"--[^\n]*|/\*.*?\*/", " ", sql, flags=re.S)))


def _with_integrations(sql: str, folder: Path) -> str:
    """SQL in which a line that names INTEGRATIONS stands once for each integration source, with its SELECT."""
    sources = integrations(folder).values()
    lines = ([line] if INTEGRATIONS not in line else [line.replace(INTEGRATIONS, f"\n{s.sql}\n") for s in sources]
             for line in sql.splitlines())  # fmt: skip
    return "\n".join(line for repeated in lines for line in repeated)


def _ordered(found: dict[str, Mart]) -> dict[str, Mart]:
    from graphlib import CycleError, TopologicalSorter

    graph = {name: mart.made_from(found) for name, mart in found.items()}
    try:
        return {name: found[name] for name in TopologicalSorter(graph).static_order()}
    except CycleError as error:
        raise CatalogError(f"marts read each other in a circle: {' -> '.join(error.args[1])}; break it.") from error


@cache
def _built_by(path: Path) -> Callable:
    """The function `build` of a Python file."""
    spec = importlib.util.spec_from_file_location(f"queries.marts.{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    if not callable(getattr(module, "build", None)):
        raise CatalogError(f"marts/{path.name}: no function build(con, as_of) that returns the rows: add it.")
    return module.build


def _read(kind, path: Path, **given):
    """One file as `kind`; every field without a default must stand in its header."""
    file = f"{path.parent.parent.name if 'domain' in given else ''}/{path.parent.name}/{path.name}".lstrip("/")
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise CatalogError(f"{file}: not readable as UTF-8 ({error}): save it in that encoding.") from error
    return _parsed(kind, file, path.stem, text, path.suffix == ".py", *sorted(given.items()))


@cache
def _parsed(kind, file: str, name: str, text: str, is_python: bool, *given):
    """A file's text as `kind`; kept, for every refresh and page asks for hundreds of them."""
    if is_python:
        opening, sql = ast.get_docstring(ast.parse(text)) or "", ""
    else:
        match = re.match(r"\s*/\*(.*?)\*/(.*)", text, flags=re.S)
        if not match:
            raise CatalogError(f"{file}: no header; open the file with /* ... */ that holds TOML keys.")
        opening, sql = match[1], match[2].strip().rstrip(";")
    try:
        header = tomllib.loads(opening)
    except tomllib.TOMLDecodeError as error:
        raise CatalogError(f"{file}: the header is not TOML ({error}): mend that line.") from error
    names = {f.name for f in fields(kind)} - {"name", "file", "sql", *dict(given)}
    for key in header:
        if key not in names:
            near = get_close_matches(key, names, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known keys are {', '.join(sorted(names))}."
            raise CatalogError(f"{file}: unknown header key {key!r}: {hint}")
    for f in fields(kind):
        if f.name not in names:
            continue
        if f.name not in header:
            if f.default is MISSING:
                raise CatalogError(f"{file}: header key {f.name!r} is missing: add it.")
            continue
        header[f.name] = _value(header[f.name], f, file)
    if not sql and not is_python:
        raise CatalogError(f"{file}: no SELECT after the header: add it.")
    return kind(name=name, file=file, sql=sql, **dict(given), **header)


def _value(value, f, file: str):
    if "float" in str(f.type):
        try:
            return quantity(value, f"{file}: {f.name}")
        except ConfigError as error:
            raise CatalogError(str(error)) from error
    if "tuple" in str(f.type):
        if not (isinstance(value, list) and all(isinstance(v, str) for v in value)):
            raise CatalogError(f"{file}: header key {f.name!r} must be a list of words, not {value!r}.")
        return tuple(value)
    if not (isinstance(value, str) and value.strip()):
        raise CatalogError(f"{file}: header key {f.name!r} must be text in quotes, not {value!r}.")
    return " ".join(value.split())


def _check_kpi(kpi: Kpi) -> None:
    _one_of(kpi, "unit", UNITS)
    _one_of(kpi, "direction", DIRECTIONS)
    _one_of(kpi, "measure", tuple(MEASURES))
    _one_of(kpi, "statistic", MEASURES[kpi.measure][1])
    for clock in kpi.clocks or ("",):
        if clock not in CLOCKS:
            raise CatalogError(f"{kpi.file}: clock {clock!r} is unknown: use {' or '.join(CLOCKS)}.")
    if "working" in kpi.clocks and (kpi.measure not in ("duration", "stock") or kpi.unit != "duration"):
        raise CatalogError(
            f"{kpi.file}: clock 'working' needs a duration: only those and ages take time; leave it out."
        )
    for audience in kpi.audience or ("",):
        if audience not in AUDIENCES:
            raise CatalogError(f"{kpi.file}: audience {audience!r} is unknown: use {', '.join(AUDIENCES)}.")
    if kpi.told is not None and re.findall(r"\{.*?\}|[{}]", kpi.told) != ["{value}"]:
        raise CatalogError(f"{kpi.file}: header key 'told' must say {{value}} once, and nothing else in braces.")
    if problem := service_level_problem(kpi.measure, kpi.objective, kpi.limit):
        raise CatalogError(f"{kpi.file}: {problem}")
    if "plant" not in kpi.dimensions:
        raise CatalogError(f"{kpi.file}: header key 'dimensions' lacks 'plant': every KPI is cut by plant; add it.")


def service_level_problem(measure: str, objective: float | None, limit: float | None) -> str | None:
    """What is wrong with a service level for this measure, and the remedy; None where nothing is, or there is none."""
    if objective is None:
        return None if limit is None else "a limit without an objective makes no budget: add the objective, as 0.95."
    if measure not in ("duration", "share"):
        return f"an objective counts cases in good order, and a {measure} has none: leave it out."
    if not 0 < objective < 1:
        return f"objective {objective:g} must be a share between 0 and 1, as 0.95: at 1 no miss would ever be allowed."
    if measure == "duration" and not (limit and limit > 0):
        return 'an objective for durations needs the limit they must keep, as limit = "2 d": add it.'
    if measure == "share" and limit is not None:
        return "a share says itself which cases are good: leave the limit out."
    return None


def _one_of(thing, key: str, allowed: tuple[str, ...]) -> None:
    value = getattr(thing, key)
    if value not in allowed:
        near = get_close_matches(value, allowed, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"use one of {', '.join(allowed)}."
        raise CatalogError(f"{thing.file}: {key} {value!r} is unknown: {hint}")


def missing_columns(kpi: Kpi, returned) -> list[str]:
    """Columns of the contract that the SELECT does not return, alternatives as "at or due_at"."""
    returned = set(returned)
    missing = [column for column in kpi.columns if column not in returned]
    missing += [" or ".join(choices) for choices in _choices(kpi) if not returned.intersection(choices)]
    return missing


def measured_columns(kpi: Kpi) -> set[str]:
    """Columns the measure of a KPI works on, alternatives such as at and due_at both."""
    return {name for choices in _choices(kpi) for name in choices}


def _choices(kpi: Kpi) -> list[tuple[str, ...]]:
    alternatives = ALTERNATIVES.get(kpi.measure, {})
    return [(column, *alternatives.get(column, ())) for column in MEASURES[kpi.measure][0]]


def check_check_columns(check: Check, returned) -> None:
    """CatalogError where the SELECT of a check about master data does not say which of its records are wrong."""
    if check.about == MASTER_DATA and not {"is_wrong", "plant"} <= set(returned):
        raise CatalogError(
            f"{check.file}: a check about master data returns every record it looks at, with plant and is_wrong: "
            "add them."
        )


def check_exception_columns(rule: ExceptionRule, returned) -> None:
    """CatalogError where the SELECT of an exception returns too little, or what nobody would read."""
    missing = [name for name in EXCEPTION_COLUMNS if name not in returned]
    if missing:
        raise CatalogError(f"{rule.file}: the SELECT lacks {', '.join(missing)}: add it.")
    known = (*EXCEPTION_COLUMNS, *EXCEPTION_EXTRAS)
    for name in returned:
        if name not in known:
            raise CatalogError(f"{rule.file}: column {name!r} is unknown: an exception returns {', '.join(known)}.")
