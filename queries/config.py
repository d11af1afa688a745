"""ops.toml: the one configuration file, read strictly and loaded into cfg_* tables at each run.

Secrets never stand in it: an instance names the environment variables that hold them.
"""

from __future__ import annotations

import math
import os
import re
import tomllib
from dataclasses import MISSING, dataclass, field, fields, replace
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
class Inbox:
    """A folder in which a system leaves logs of its runs: relative to the warehouse folder, unless said inbox/<name>;
    what holds for those that do not say it themselves: which system, in which direction, for which plant."""

    name: str
    folder: str = ""
    system: str = ""
    direction: str = ""
    plant: str = ""


@dataclass(frozen=True)
class N8n:
    """One n8n: its address, the variable that holds its API key, and in which workflows an error that a node passes on
    as data counts as a failure of the run (names, * for any letters)."""

    name: str
    url: str = ""
    api_key_env: str = "N8N_API_KEY"
    strict: tuple[str, ...] = ()


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
class Marker:
    """A change that may move KPIs: a roll-out `on` a day. Without a day, what an automation rule or a scheduled action
    of that name in Odoo is about. No plants: all of them; no KPIs: all, or those of the documents it works on."""

    name: str
    on: date | None = None
    plants: tuple[str, ...] = ()
    kpis: tuple[str, ...] = ()
    instance: str = ""
    owner: str = ""
    note: str = ""


@dataclass(frozen=True)
class Objective:
    """Service level of one KPI, for one plant or for all (plant empty): the share of cases in good order, for durations
    within `limit` seconds by `clock`. What is None is as elsewhere: as for all plants, or as the KPI was written."""

    kpi: str
    plant: str
    objective: float | None = None
    limit: float | None = None
    clock: str | None = None
    is_off: bool = False


@dataclass(frozen=True)
class RuleSetting:
    """What holds for an exception or a check, in one plant or in all (plant empty). What is None is as elsewhere: as in
    all plants, or as the rule was written. sla in seconds."""

    rule: str
    plant: str
    severity: str | None = None
    sla: float | None = None
    limit: float | None = None
    owner: str | None = None
    fallback: str | None = None
    is_off: bool = False


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
class RiskClass:
    """What approvals of documents from an amount on (in the currency of the company) are called."""

    name: str
    amount: float


@dataclass(frozen=True)
class Approval:
    """Within how many seconds of being asked for an approval is given without a look at what it is about."""

    quick: float = 10.0


@dataclass(frozen=True)
class Place:
    """In which plant a work center, a maintenance team or a machine of that name stands."""

    name: str
    plant: str


@dataclass(frozen=True)
class Touch:
    """From how many documents changed within one second on a person counts as a machine."""

    batch: int = 20


@dataclass(frozen=True)
class Money:
    """In which currency (as Odoo names it) amounts are added up; empty: in that of the first plant's company."""

    currency: str = ""


@dataclass(frozen=True)
class Harmonization:
    """The plants that all are compared with, by their codes; none: all plants together."""

    reference: tuple[str, ...] = ()


@dataclass(frozen=True)
class Interface:
    """An interface that somebody answers for: the runs of a source, of one of its instances (empty: of any), whose flow
    has a name or key like one of `flow` (* is any text), in a plant (empty: in any). Runs of no known plant are of that
    plant where they fit no interface of all plants.

    latency: within so many seconds 95 of 100 runs are to be through, from end to end. failure: which share of them may
    fail. silent_after: after how many seconds without a run it is silent, whatever is usual.
    """

    name: str
    source: str
    instance: str = ""
    flow: tuple[str, ...] = ("*",)
    plant: str = ""
    owner: str = ""
    system_of_record: str = ""
    latency: float | None = None
    failure: float | None = None
    silent_after: float | None = None


@dataclass(frozen=True)
class PlantRule:
    """What of a process rule is otherwise in one plant. What is None is as in all plants."""

    plant: str
    at_most: int | None = None
    from_amount: float | None = None
    weight: float | None = None
    owner: str | None = None
    is_off: bool = False


@dataclass(frozen=True)
class ProcessRule:
    """What must hold in every case of a workflow.

    missing: one of `activity` happens. too often: they happen `at_most` times. out of sequence: the first of them comes
    `before` those. excluded: they do not happen; not `after` one of those, or not `with_` one of them in the same case.
    It holds from an amount on (reporting currency), for these product families and products, in these plants (none: in
    all, but for `except_plants`). `weight` is what a deviation means to compliance, beside others.
    """

    name: str
    workflow: str
    kind: str
    activity: tuple[str, ...]
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    with_: tuple[str, ...] = ()
    at_most: int | None = None
    weight: float = 1.0
    owner: str = ""
    note: str = ""
    from_amount: float | None = None
    product_families: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    plants: tuple[str, ...] = ()
    except_plants: tuple[str, ...] = ()
    plant: tuple[PlantRule, ...] = ()

    @property
    def others(self) -> tuple[str, ...]:
        """The activities it is measured against, if any."""
        return self.before or self.after or self.with_


@dataclass(frozen=True)
class Process:
    """The rules of one workflow, and `without` which of those that come with Plant Pulse."""

    workflow: str
    without: tuple[str, ...] = ()
    rules: tuple[ProcessRule, ...] = ()


# The kinds of process rules, and the keys that only they have.
PROCESS_RULES = {
    "missing": (),
    "too often": ("at_most",),
    "out of sequence": ("before",),
    "excluded": ("after", "with"),
}

LEAST_HISTORY = 110 * 7 * 86400.0


@dataclass(frozen=True)
class Config:
    instances: tuple[Instance, ...] = ()
    inboxes: tuple[Inbox, ...] = (Inbox("inbox", folder="inbox"),)
    plants: tuple[Plant, ...] = ()
    users: Users = field(default_factory=Users)
    targets: tuple[Target, ...] = ()
    tolerances: tuple[Tolerance, ...] = (Tolerance("", 8 * 3600),)
    retention: Retention = field(default_factory=Retention)
    baselines: tuple[BaselineStart, ...] = ()
    objectives: tuple[Objective, ...] = ()
    quality: Quality = field(default_factory=Quality)
    risk_classes: tuple[RiskClass, ...] = (
        RiskClass("low", 0.0),
        RiskClass("medium", 1000.0),
        RiskClass("high", 10000.0),
    )
    approval: Approval = field(default_factory=Approval)
    places: tuple[Place, ...] = ()
    touch: Touch = field(default_factory=Touch)
    markers: tuple[Marker, ...] = ()
    exceptions: tuple[RuleSetting, ...] = ()
    checks: tuple[RuleSetting, ...] = ()
    processes: tuple[Process, ...] = ()
    money: Money = field(default_factory=Money)
    harmonization: Harmonization = field(default_factory=Harmonization)
    interfaces: tuple[Interface, ...] = ()
    n8n: tuple[N8n, ...] = ()

    def tables(self) -> dict[str, pa.Table]:
        """The cfg_* tables, each with its columns even when empty."""
        kind_of = {
            login.lower(): kind  # a login in several lists counts once; the last, human, wins
            for kind in ("automation", "integration", "human")
            for login in getattr(self.users, kind)
        }
        actor = [{"login": login, "kind": kind} for login, kind in kind_of.items()]
        return {
            "cfg_approval": pa.table({"quick_seconds": pa.array([self.approval.quick], pa.float64())}),
            "cfg_interface": _interface_table(self.interfaces),
            "cfg_marker": _marker_table(self.markers),
            "cfg_money": _table(Money, [self.money]),
            "cfg_n8n": _table(N8n, self.n8n, strict=pa.list_(pa.string())),
            "cfg_place": _table(Place, self.places),
            "cfg_plant": _table(Plant, self.plants),
            "cfg_quarantine": pa.table({"name": pa.array(self.quality.quarantine, pa.string())}),
            "cfg_reference": pa.table({"plant": pa.array(self.harmonization.reference, pa.string())}),
            "cfg_risk_class": _table(RiskClass, self.risk_classes, amount=pa.float64()),
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
        return Config(instances=_environment_instance(()), n8n=_environment_n8n(()))
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not readable as TOML ({error}): mend that line.") from error
    return _parse(content, path.name)


def _parse(content: dict, file: str) -> Config:
    sections = (
        "instance",
        "plant",
        "users",
        "target",
        "schedule",
        "retention",
        "baseline",
        "budget",
        "quality",
        "approval",
        "place",
        "touch",
        "marker",
        "exception",
        "check",
        "process",
        "money",
        "harmonization",
        "interface",
        "n8n",
        "inbox",
    )
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
    harmonization = _lists(
        Harmonization, content, f"{file}: [harmonization]", 'a list of codes of plants, as in {} = ["LYON"]'
    )
    return Config(
        instances=_environment_instance(instances),
        inboxes=tuple(_inboxes(content["inbox"], file)) if "inbox" in content else Config.inboxes,
        plants=plants,
        users=users,
        targets=tuple(_targets(_section(content.get("target", {}), f"{file}: [target]"), file)),
        retention=_retention(_section(content.get("retention", {}), f"{file}: [retention]"), file),
        baselines=tuple(_baselines(_section(content.get("baseline", {}), f"{file}: [baseline]"), file)),
        objectives=tuple(_objectives(_section(content.get("budget", {}), f"{file}: [budget]"), file)),
        tolerances=tuple(_tolerances(_section(content.get("schedule", {}), f"{file}: [schedule]"), file)),
        quality=quality,
        risk_classes=_risk_classes(_section(content.get("approval", {}), f"{file}: [approval]"), file),
        approval=_approval(_section(content.get("approval", {}), f"{file}: [approval]"), file),
        places=tuple(_places(_section(content.get("place", {}), f"{file}: [place]"), file)),
        markers=tuple(_markers(content.get("marker", []), instances, file)),
        exceptions=tuple(_rules(content, "exception", ("severity", "sla", "limit", "owner", "fallback"), file)),
        checks=tuple(_rules(content, "check", ("severity", "limit", "owner"), file)),
        processes=processes(content.get("process", []), file),
        money=_make(Money, _section(content.get("money", {}), f"{file}: [money]"), f"{file}: [money]"),
        touch=_make(Touch, _section(content.get("touch", {}), f"{file}: [touch]"), f"{file}: [touch]"),
        harmonization=harmonization,
        interfaces=tuple(_interfaces(content.get("interface", []), file)),
        n8n=_environment_n8n(tuple(_n8n(content.get("n8n", []), instances, file))),
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


def _inboxes(tables: object, file: str):
    seen: dict[Path, str] = {}
    for number, values in enumerate(_tables(tables, f"{file}: inboxes are", "[[inbox]]"), start=1):
        where = f"{file}: [[inbox]] {values.get('name', f'number {number}')!r}"
        inbox = _make(Inbox, values, where)
        if not re.fullmatch(r"\w[\w-]*", inbox.name):
            raise ConfigError(f"{where}: a name is of letters, digits, _ and -: correct it.")
        if inbox.direction not in ("", "in", "out", "internal"):
            raise ConfigError(f"{where} direction {inbox.direction!r} is unknown: use in, out or internal.")
        folder = Path(inbox.folder or f"inbox/{inbox.name}")
        if inbox.name in seen.values() or folder in seen:
            raise ConfigError(f"{where}: another inbox has its name or its folder: give each its own.")
        seen[folder] = inbox.name
        yield inbox


def _markers(tables: object, instances: tuple[Instance, ...], file: str):
    if not (isinstance(tables, list) and all(isinstance(table, dict) for table in tables)):
        raise ConfigError(f"{file}: changes are a list: write each below a line [[marker]], in double brackets.")
    seen = set()
    for number, values in enumerate(tables, start=1):
        where = f"{file}: [[marker]] {values.get('name', f'number {number}')!r}"
        day, given = values.get("on"), dict(values)
        if day is not None and type(day) is not date:
            raise ConfigError(f"{where}: on = {day!r} is no day: write it as 2026-03-02, without quotes.")
        for key, wanted in (("plants", '["LYON"]'), ("kpis", '["release_lead_time"]')):
            texts = values.get(key, [])
            if not (isinstance(texts, list) and all(isinstance(text, str) and text.strip() for text in texts)):
                raise ConfigError(f"{where} {key} must be a list of names, as in {key} = {wanted}.")
            given[key] = tuple(texts)
        marker = _make(Marker, given, where)
        if not marker.name.strip():
            raise ConfigError(f"{where}: name is empty: say what changed.")
        if day is None and not (marker.plants or marker.kpis):
            raise ConfigError(
                f"{where} says nothing: add the day of a roll-out, on = 2026-03-02, or the plants or kpis that the "
                "automation rule or scheduled action of that name is about."
            )
        if marker.instance and instances and marker.instance not in [one.name for one in instances]:
            known = ", ".join(one.name for one in instances)
            raise ConfigError(f"{where} instance {marker.instance!r} is unknown: known are {known}.")
        if (marker.name, day, marker.instance) in seen:
            raise ConfigError(f"{where} stands there twice{f' for {day}' if day else ''}: remove one.")
        seen.add((marker.name, day, marker.instance))
        yield marker


def _objectives(section: dict, file: str):
    """The service level of all plants first, then those of single ones; false switches a budget off."""
    for kpi, values in section.items():
        where = f"{file}: [budget.{kpi}]"
        if values is False:
            yield Objective(kpi, "", is_off=True)
            continue
        own = dict(_section(values, where))
        plants = _section(own.pop("plant", {}), f"{where} plant")
        _known(own, ("objective", "limit", "clock"), where, "key")
        yield _objective(kpi, "", own, where)
        for plant, changed in plants.items():
            here = f"{where} plant {plant}"
            if changed is False:
                yield Objective(kpi, plant, is_off=True)
                continue
            _known(_section(changed, here), ("objective", "limit"), here, "key")
            yield _objective(kpi, plant, changed, here)


def _objective(kpi: str, plant: str, values: dict, where: str) -> Objective:
    numbers = {key: quantity(values[key], f"{where} {key}") for key in ("objective", "limit") if key in values}
    if values.get("clock", "elapsed") not in ("elapsed", "working"):
        raise ConfigError(f"{where} clock {values['clock']!r} is unknown: use elapsed or working.")
    return Objective(kpi, plant, clock=values.get("clock"), **numbers)


def _rules(content: dict, kind: str, keys: tuple[str, ...], file: str):
    """What holds for a rule in all plants first, then in single ones; false switches it off."""
    for rule, values in _section(content.get(kind, {}), f"{file}: [{kind}]").items():
        where = f"{file}: [{kind}.{rule}]"
        if values is False:
            yield RuleSetting(rule, "", is_off=True)
            continue
        own = dict(_section(values, where))
        plants = _section(own.pop("plant", {}), f"{where} plant")
        yield _rule(rule, "", own, keys, where)
        for plant, changed in plants.items():
            here = f"{where} plant {plant}"
            if changed is False:
                yield RuleSetting(rule, plant, is_off=True)
                continue
            # The rows of a check are judged together: only its limit can differ.
            yield _rule(rule, plant, _section(changed, here), keys if kind == "exception" else ("limit",), here)


def _rule(rule: str, plant: str, values: dict, keys: tuple[str, ...], where: str) -> RuleSetting:
    _known(values, keys, where, "key")
    given = dict(values)
    for key in given:
        if key in ("sla", "limit"):
            given[key] = quantity(given[key], f"{where} {key}")
        elif not (isinstance(given[key], str) and given[key].strip()):
            raise ConfigError(f"{where} {key} must be text in quotes, not {given[key]!r}.")
    return RuleSetting(rule, plant, **given)


def processes(tables: object, file: str) -> tuple[Process, ...]:
    """The sections [[process]] and the rules below them."""
    found = []
    for number, values in enumerate(_tables(tables, f"{file}: processes are", "[[process]]"), start=1):
        where = f"{file}: [[process]] {values.get('workflow', f'number {number}')!r}"
        _known(values, ("workflow", "without", "rule"), where, "key")
        workflow = values.get("workflow")
        if not (isinstance(workflow, str) and workflow.strip()):
            raise ConfigError(f'{where}: add the workflow its rules are about, as in workflow = "purchase".')
        given = _tables(values.get("rule", []), f"{where} rules are", "[[process.rule]]")
        rules = tuple(
            _process_rule(workflow, one, f"{file}: [[process.rule]]", n) for n, one in enumerate(given, start=1)
        )
        found.append(Process(workflow, _names(values, "without", where), rules))
    names = [rule.name for process in found for rule in process.rules]
    for name in names:
        if names.count(name) > 1:
            raise ConfigError(f"{file}: [[process.rule]] {name!r} stands there twice: give each rule its own name.")
    return tuple(found)


def _process_rule(workflow: str, values: dict, section: str, number: int) -> ProcessRule:
    where = f"{section} {values.get('name', f'number {number} of {workflow}')!r}"
    shared = [f.name for f in fields(ProcessRule) if f.name not in ("workflow", "before", "after", "with_", "at_most")]
    own = [key for keys in PROCESS_RULES.values() for key in keys]
    _known(values, shared + own, where, "key")
    for key in ("name", "kind", "activity", "owner"):
        if key not in values:
            raise ConfigError(f"{where}: add the missing key; needed are name, kind, activity, owner.")
    for key in ("name", "kind", "owner", "note"):
        if key in values and not (isinstance(values[key], str) and values[key].strip()):
            raise ConfigError(f"{where} {key} must be text in quotes, not {values[key]!r}.")
    kind = values["kind"]
    _known({kind: None}, PROCESS_RULES, where, "kind")
    for key in own:
        if key in values and key not in PROCESS_RULES[kind]:
            raise ConfigError(f"{where}: {kind!r} has no {key}: leave it out.")
    if kind in ("too often", "out of sequence") and PROCESS_RULES[kind][0] not in values:
        hint = {"too often": "at_most = 1", "out of sequence": 'before = "ordered"'}[kind]
        raise ConfigError(f"{where}: {kind!r} needs {PROCESS_RULES[kind][0]}, as in {hint}: add it.")
    if "after" in values and "with" in values:
        raise ConfigError(f"{where}: after and with exclude each other: write two rules.")
    listed = ("product_families", "products", "plants", "except_plants")
    texts = {key: _names(values, key, where) for key in (*listed, "activity", "before", "after", "with")}
    for key in ("activity", "before", "after", "with"):
        if key in values and not texts[key]:
            raise ConfigError(f"{where} {key} is empty: name one.")
    texts["with_"] = texts.pop("with")
    if texts["plants"] and texts["except_plants"]:
        raise ConfigError(f"{where}: plants and except_plants exclude each other: keep one.")
    plants = _section(values.get("plant", {}), f"{where} plant")
    settings = tuple(_plant_rule(plant, one, kind, f"{where} plant {plant}") for plant, one in plants.items())
    for one in settings:
        if one.plant in texts["except_plants"] or (texts["plants"] and one.plant not in texts["plants"]):
            raise ConfigError(f"{where} plant {one.plant}: the rule does not hold there: leave it out.")
    plain = {key: values[key] for key in ("name", "kind", "owner", "note") if key in values}
    return ProcessRule(workflow=workflow, **plain, **texts, **_rule_numbers(values, kind, where), plant=settings)


def _plant_rule(plant: str, values: object, kind: str, where: str) -> PlantRule:
    if values is False:
        return PlantRule(plant, is_off=True)
    _known(_section(values, where), ("at_most", "from_amount", "weight", "owner"), where, "key")
    owner = values.get("owner")
    if owner is not None and not (isinstance(owner, str) and owner.strip()):
        raise ConfigError(f"{where} owner must be text in quotes, not {owner!r}.")
    return PlantRule(plant, owner=owner, **_rule_numbers(values, kind, where))


def _rule_numbers(values: dict, kind: str, where: str) -> dict:
    """at_most, from_amount and weight, where they are given."""
    found = {}
    if "at_most" in values:
        if kind != "too often":
            raise ConfigError(f"{where}: {kind!r} has no at_most: leave it out.")
        if type(values["at_most"]) is not int or values["at_most"] < 1:
            raise ConfigError(f"{where}: at_most must be a whole number from 1, not {values['at_most']!r}.")
        found["at_most"] = values["at_most"]
    for key in ("from_amount", "weight"):
        if key in values:
            found[key] = quantity(values[key], f"{where} {key}")
            if found[key] < 0 or (key == "weight" and not found[key]):
                raise ConfigError(f"{where} {key} must be more than 0, not {values[key]!r}.")
    return found


def _names(values: dict, key: str, where: str) -> tuple[str, ...]:
    """A text or a list of texts."""
    given = values.get(key, [])
    texts = [given] if isinstance(given, str) else given
    if not (isinstance(texts, list) and all(isinstance(text, str) and text.strip() for text in texts)):
        raise ConfigError(f"{where} {key} must be text in quotes, or a list of such texts, not {given!r}.")
    return tuple(dict.fromkeys(text.strip() for text in texts))


def _tables(tables: object, what: str, heading: str) -> list[dict]:
    if not (isinstance(tables, list) and all(isinstance(table, dict) for table in tables)):
        raise ConfigError(f"{what} a list: write each below a line {heading}, in double brackets.")
    return tables


def _interfaces(tables: object, file: str):
    seen = set()
    for number, values in enumerate(_tables(tables, f"{file}: interfaces are", "[[interface]]"), start=1):
        where = f"{file}: [[interface]] {values.get('name', f'number {number}')!r}"
        given = dict(values)
        for key in ("latency", "failure", "silent_after"):
            if key in values:
                given[key] = quantity(values[key], f"{where} {key}")
                if given[key] <= 0 or (key == "failure" and given[key] >= 1):
                    wanted = "a share between 0 and 1, as 0.02" if key == "failure" else 'more than 0, as "15 min"'
                    raise ConfigError(f"{where} {key} must be {wanted}, not {values[key]!r}.")
        if "flow" in values:
            given["flow"] = _names(values, "flow", where)
        interface = _make(Interface, given, where)
        for key in ("name", "source"):
            if not getattr(interface, key).strip():
                raise ConfigError(f"{where}: {key} is empty: fill it in.")
        if not interface.flow:
            raise ConfigError(f'{where} flow is empty: name one, as in flow = "Carrier*", or leave it out for all.')
        if (key := (interface.source, interface.instance, interface.flow, interface.plant)) in seen:
            raise ConfigError(f"{where} is about the same flows as another one before it: remove one.")
        seen.add(key)
        yield interface


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


def _risk_classes(section: dict, file: str) -> tuple[RiskClass, ...]:
    """The classes by their amounts, the lowest first."""
    _known(section, ("risk", "quick"), f"{file}: [approval]", "key")
    if "risk" not in section:
        return Config().risk_classes
    where = f"{file}: [approval] risk"
    found = [RiskClass(name, quantity(amount, where)) for name, amount in _section(section["risk"], where).items()]
    found.sort(key=lambda one: one.amount)
    if not found or found[0].amount != 0 or len({one.amount for one in found}) < len(found):
        raise ConfigError(
            f"{where}: each class begins at an amount of its own, and one at 0, as in {{ low = 0, high = 5000 }}."
        )
    return tuple(found)


def _approval(section: dict, file: str) -> Approval:
    quick = quantity(section.get("quick", Approval.quick), f"{file}: [approval] quick")
    if quick < 0:
        raise ConfigError(f"{file}: [approval] quick {quick:g} is less than nothing: use 0 or more.")
    return Approval(quick)


def _places(section: dict, file: str):
    for name, plant in section.items():
        if not (isinstance(plant, str) and plant.strip()):
            raise ConfigError(f'{file}: [place] {name!r} must be the code of a plant in quotes, as in "LYON".')
        yield Place(name, plant)


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


def _n8n(tables: object, instances: tuple[Instance, ...], file: str):
    seen = {instance.name for instance in instances}
    for number, values in enumerate(_tables(tables, f"{file}: n8n servers are", "[[n8n]]"), start=1):
        where = f"{file}: [[n8n]] {values.get('name', f'number {number}')!r}"
        one = _make(N8n, values | {"strict": _names(values, "strict", where)}, where)
        if not re.fullmatch(r"[\w-]+", one.name):
            raise ConfigError(f"{where}: name must be a word of letters, digits, - and _.")
        if one.name in seen:
            raise ConfigError(f"{where}: another n8n or Odoo has this name: choose another.")
        seen.add(one.name)
        yield one


def _environment_n8n(given: tuple[N8n, ...]) -> tuple[N8n, ...]:
    """N8N_URL is the address of the first n8n, or makes one called "n8n"; ConfigError where one has no address."""
    url = os.environ.get("N8N_URL")
    if url:
        given = (replace(given[0] if given else N8n("n8n"), url=url), *given[1:])
    for one in given:
        if not re.match(r"https?://[^/]", one.url):
            raise ConfigError(
                f"n8n {one.name!r} has no address that begins with http:// or https://: set its url in ops.toml, or "
                "N8N_URL for the first one."
            )
        if "@" in one.url:
            raise ConfigError(
                f"the address of n8n {one.name!r} holds a name or password: it is shown to people; leave it out."
            )
    return given


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


def _marker_table(markers: tuple[Marker, ...]) -> pa.Table:
    """One row per marker and plant (empty: all); changed_on is empty where Odoo knows when."""
    schema = [(name, pa.string()) for name in ("name", "plant", "instance", "owner", "note")]
    schema += [("changed_on", pa.date32()), ("kpis", pa.list_(pa.string()))]
    rows = [
        {"plant": plant, "changed_on": marker.on, "kpis": list(marker.kpis) or None}
        | {name: getattr(marker, name) for name in ("name", "instance", "owner", "note")}
        for marker in markers
        for plant in dict.fromkeys(marker.plants or ("",))
    ]
    return pa.Table.from_pylist(rows, pa.schema(schema))


def _interface_table(interfaces: tuple[Interface, ...]) -> pa.Table:
    """One row per interface, in the order of ops.toml, and name that its flows may have."""
    texts, seconds = ("name", "source", "instance", "plant", "owner", "system_of_record"), ("latency", "silent_after")
    schema = [("number", pa.int64()), *((name, pa.string()) for name in (*texts, "flow"))]
    schema += [*((f"{name}_seconds", pa.float64()) for name in seconds), ("failure_share", pa.float64())]
    rows = [
        {"number": number, "flow": flow, "failure_share": interface.failure}
        | {name: getattr(interface, name) for name in texts}
        | {f"{name}_seconds": getattr(interface, name) for name in seconds}
        for number, interface in enumerate(interfaces, start=1)
        for flow in interface.flow
    ]
    return pa.Table.from_pylist(rows, pa.schema(schema))


def _table(kind, rows, **types: pa.DataType) -> pa.Table:
    schema = pa.schema([(f.name, types.get(f.name, pa.string())) for f in fields(kind)])
    return pa.Table.from_pylist([{f.name: getattr(row, f.name) for f in fields(kind)} for row in rows], schema)
