"""ops.toml: the one configuration file, read strictly and loaded into cfg_* tables at each run.

Secrets never stand in it: an instance names the environment variables that hold them.
"""

from __future__ import annotations

import math
import os
import re
import tomllib
from dataclasses import MISSING, dataclass, field, fields
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pyarrow as pa

SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86400, "w": 7 * 86400}


class ConfigError(Exception):
    """ops.toml or the environment is wrong; the message names the key and the remedy."""


@dataclass(frozen=True)
class Instance:
    """One Odoo. `user`, `api_key_env` and `password_env` say who reads it and where the secret is, `streams` how many
    questions it is asked at a time, `pg_dsn_env` where the address of its PostgreSQL is, if that may be read."""

    name: str
    url: str = ""
    database: str = ""
    user: str = ""
    api_key_env: str = "ODOO_API_KEY"
    password_env: str = "ODOO_PASSWORD"
    streams: int = 2
    pg_dsn_env: str = ""


@dataclass(frozen=True)
class Plant:
    """A plant: which warehouse of which company, under which code, in which time zone, working by which of Odoo's
    calendars (by name; empty: the company's)."""

    code: str
    company: str
    warehouse: str
    name: str = ""
    timezone: str = ""
    instance: str = ""
    calendar: str = ""


@dataclass(frozen=True)
class Users:
    """Logins that are machines: `automation` inside Odoo, `integration` from outside; `human` overrides both."""

    automation: tuple[str, ...] = ()
    integration: tuple[str, ...] = ()
    human: tuple[str, ...] = ()


@dataclass(frozen=True)
class Target:
    """Target of one KPI (durations in seconds), for one plant or for all (plant empty)."""

    kpi: str
    plant: str
    value: float


@dataclass(frozen=True)
class Tolerance:
    """How many seconds late is still as planned, in one plant or in all others (plant empty)."""

    plant: str
    seconds: float


@dataclass(frozen=True)
class BaselineStart:
    """From which day on the weeks of a KPI are its baseline, in one plant or in all others (plant empty)."""

    kpi: str
    plant: str
    start: date


@dataclass(frozen=True)
class Retention:
    """How long the work database keeps the earlier versions of a changed row, in seconds; never less than the
    scoreboard goes back."""

    history: float = 3 * 366 * 86400.0


@dataclass(frozen=True)
class Quality:
    """Where goods are held: full names of locations, or words of their names; what lies below them counts too."""

    quarantine: tuple[str, ...] = ("quarantine", "hold", "QC", "quality control")


@dataclass(frozen=True)
class Touch:
    """From how many documents changed within one second on a person counts as a machine."""

    batch: int = 20


LEAST_HISTORY = 110 * 7 * 86400.0


@dataclass(frozen=True)
class Config:
    instances: tuple[Instance, ...] = ()
    plants: tuple[Plant, ...] = ()
    users: Users = field(default_factory=Users)
    targets: tuple[Target, ...] = ()
    tolerances: tuple[Tolerance, ...] = (Tolerance("", 8 * 3600),)
    retention: Retention = field(default_factory=Retention)
    baselines: tuple[BaselineStart, ...] = ()
    quality: Quality = field(default_factory=Quality)
    touch: Touch = field(default_factory=Touch)

    def tables(self) -> dict[str, pa.Table]:
        """The cfg_* tables, each with its columns even when empty."""
        kind_of = {
            login.lower(): kind  # a login in several lists counts once; the last, human, wins
            for kind in ("automation", "integration", "human")
            for login in getattr(self.users, kind)
        }
        actor = [{"login": login, "kind": kind} for login, kind in kind_of.items()]
        return {
            "cfg_plant": _table(Plant, self.plants),
            "cfg_quarantine": pa.table({"name": pa.array(self.quality.quarantine, pa.string())}),
            "cfg_target": _table(Target, self.targets, value=pa.float64()),
            "cfg_tolerance": _table(Tolerance, self.tolerances, seconds=pa.float64()),
            "cfg_touch": _table(Touch, [self.touch], batch=pa.int64()),
            "cfg_user": pa.Table.from_pylist(actor, pa.schema({"login": pa.string(), "kind": pa.string()})),
        }


def load(path: Path | None = None) -> Config:
    """The configuration: ops.toml (OPS_CONFIG) and, for the first instance, the ODOO_* environment.

    A missing file is an empty configuration unless OPS_CONFIG names it. ConfigError on anything unknown.
    """
    named = os.environ.get("OPS_CONFIG")
    path = path or Path(named or "ops.toml")
    if not path.exists():
        if named:
            raise ConfigError(f"OPS_CONFIG names {path}, which does not exist: create it or unset OPS_CONFIG.")
        return Config(instances=_environment_instance(()))
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not readable as TOML ({error}): mend that line.") from error
    return _parse(content, path.name)


def _parse(content: dict, file: str) -> Config:
    sections = ("instance", "plant", "users", "target", "schedule", "retention", "baseline", "quality", "touch")
    _known(content, sections, file, "section")
    instances = tuple(
        _make(Instance, {"name": name} | _section(values, f"{file}: [instance.{name}]"), f"{file}: [instance.{name}]")
        for name, values in _section(content.get("instance", {}), f"{file}: [instance]").items()
    )
    plants = tuple(
        _make(Plant, {"code": code} | _section(values, f"{file}: [plant.{code}]"), f"{file}: [plant.{code}]")
        for code, values in _section(content.get("plant", {}), f"{file}: [plant]").items()
    )
    for plant in plants:
        if plant.timezone:
            _check_timezone(plant, file)
    _check_plants(plants, instances, file)
    users = _lists(Users, content, f"{file}: [users]", 'a list of logins, as in {} = ["n8n@example.com"]')
    quality = _lists(Quality, content, f"{file}: [quality]", 'a list of names, as in {} = ["quarantine"]')
    return Config(
        instances=_environment_instance(instances),
        plants=plants,
        users=users,
        targets=tuple(_targets(_section(content.get("target", {}), f"{file}: [target]"), file)),
        retention=_retention(_section(content.get("retention", {}), f"{file}: [retention]"), file),
        baselines=tuple(_baselines(_section(content.get("baseline", {}), f"{file}: [baseline]"), file)),
        tolerances=tuple(_tolerances(_section(content.get("schedule", {}), f"{file}: [schedule]"), file)),
        quality=quality,
        touch=_make(Touch, _section(content.get("touch", {}), f"{file}: [touch]"), f"{file}: [touch]"),
    )


def _lists(kind, content: dict, where: str, wanted: str):
    """A section that holds lists of texts, as `kind`; `wanted` says what one is, {} its key."""
    values = _section(content.get(kind.__name__.lower(), {}), where)
    _known(values, [f.name for f in fields(kind)], where, "key")
    for name, texts in values.items():
        if not (isinstance(texts, list) and all(isinstance(text, str) and text.strip() for text in texts)):
            raise ConfigError(f"{where} {name} must be {wanted.format(name)}.")
    return kind(**{name: tuple(text.strip() for text in texts) for name, texts in values.items()})


def _targets(section: dict, file: str):
    for kpi, values in section.items():
        where = f"{file}: [target] {kpi}"
        values = values if isinstance(values, dict) else {"default": values}
        _known(values, ("default", "plant"), where, "key")
        if "default" in values:
            yield Target(kpi, "", quantity(values["default"], where))
        for plant, value in _section(values.get("plant", {}), where).items():
            yield Target(kpi, plant, quantity(value, f"{where}, plant {plant}"))


def _baselines(section: dict, file: str):
    for kpi, values in section.items():
        where = f"{file}: [baseline] {kpi}"
        values = values if isinstance(values, dict) else {"default": values}
        _known(values, ("default", "plant"), where, "key")
        days = {"": values["default"]} if "default" in values else {}
        for plant, day in (days | _section(values.get("plant", {}), where)).items():
            if type(day) is not date:
                raise ConfigError(f"{where}: {day!r} is no day: write it as 2026-03-02, without quotes.")
            yield BaselineStart(kpi, plant, day)


def _tolerances(section: dict, file: str):
    """The tolerance of all plants first, then those of single ones."""
    _known(section, ("tolerance", "plant"), f"{file}: [schedule]", "key")
    given = {"": section["tolerance"]} if "tolerance" in section else {}
    given |= _section(section.get("plant", {}), f"{file}: [schedule] plant")
    found = {plant: quantity(value, f"{file}: [schedule] tolerance") for plant, value in given.items()}
    for plant, seconds in ({t.plant: t.seconds for t in Config().tolerances} | found).items():
        if seconds < 0:
            raise ConfigError(f"{file}: [schedule] tolerance {seconds:g} is less than nothing: use 0 or more.")
        yield Tolerance(plant, seconds)


def _retention(section: dict, file: str) -> Retention:
    _known(section, [f.name for f in fields(Retention)], f"{file}: [retention]", "key")
    kept = Retention(**{name: quantity(value, f"{file}: [retention] {name}") for name, value in section.items()})
    if kept.history < LEAST_HISTORY:
        raise ConfigError(
            f"{file}: [retention] history must be at least {LEAST_HISTORY / 86400:.0f} d: "
            "the scoreboard goes back that far."
        )
    return kept


def quantity(value: object, where: str) -> float:
    """A number, or a duration such as "8 h" or "2 d" in seconds."""
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(s|min|h|d|w)\s*", value) if isinstance(value, str) else None
    if not match:
        raise ConfigError(f'{where}: {value!r} is no quantity; write a number, or a duration such as "8 h" or "2 d".')
    return float(match[1]) * SECONDS[match[2]]


def _environment_instance(instances: tuple[Instance, ...]) -> tuple[Instance, ...]:
    """ODOO_URL, ODOO_DB and ODOO_USER fill the first instance, or make one called "odoo"."""
    given = {
        key: os.environ[variable]
        for key, variable in (("url", "ODOO_URL"), ("database", "ODOO_DB"), ("user", "ODOO_USER"))
        if os.environ.get(variable)
    }
    if not given:
        return instances
    first = instances[0] if instances else Instance("odoo")
    values = {f.name: getattr(first, f.name) for f in fields(Instance)}
    return (Instance(**(values | given)), *instances[1:])


def _make(kind, values: dict, where: str):
    names = [f.name for f in fields(kind)]
    _known(values, names, where, "key")
    for f in fields(kind):
        if f.type == "str" and f.name in values and not isinstance(values[f.name], str):
            raise ConfigError(f"{where}: {f.name} must be text in quotes, not {values[f.name]!r}.")
        if f.type == "int" and f.name in values and (type(values[f.name]) is not int or values[f.name] < 1):
            raise ConfigError(f"{where}: {f.name} must be a whole number from 1, not {values[f.name]!r}.")
    try:
        return kind(**values)
    except TypeError as error:
        missing = [f.name for f in fields(kind) if f.name not in values and f.default is MISSING]
        raise ConfigError(f"{where}: add the missing key; needed are {', '.join(missing)}.") from error


def _known(values: dict, names, where: str, what: str) -> None:
    for name in values:
        if name not in names:
            near = get_close_matches(name, names, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(names)}."
            raise ConfigError(f"{where}: unknown {what} {name!r}: {hint}")


def _section(value: object, where: str) -> dict:
    if not isinstance(value, dict):
        raise ConfigError(f"{where} must be a section with keys below it, not {value!r}.")
    return value


def _check_plants(plants: tuple[Plant, ...], instances: tuple[Instance, ...], file: str) -> None:
    """Two names for one warehouse, or an instance that is not in the file, would be passed over in silence."""
    named: dict[tuple[str, str, str], str] = {}
    names = [instance.name for instance in instances]
    for plant in plants:
        other = named.setdefault((plant.instance, plant.company, plant.warehouse), plant.code)
        if other != plant.code:
            raise ConfigError(f"{file}: [plant.{plant.code}] is the same warehouse as [plant.{other}]: remove one.")
        if plant.instance and names and plant.instance not in names:
            near = get_close_matches(plant.instance, names, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(names)}."
            raise ConfigError(f"{file}: [plant.{plant.code}] instance {plant.instance!r} is unknown: {hint}")


def _check_timezone(plant: Plant, file: str) -> None:
    try:
        ZoneInfo(plant.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ConfigError(
            f"{file}: [plant.{plant.code}] timezone {plant.timezone!r} is unknown: use a name such as Europe/Paris."
        ) from error


def _table(kind, rows, **types: pa.DataType) -> pa.Table:
    schema = pa.schema([(f.name, types.get(f.name, pa.string())) for f in fields(kind)])
    return pa.Table.from_pylist([{f.name: getattr(row, f.name) for f in fields(kind)} for row in rows], schema)
