"""ops.toml: the one configuration file, read strictly and loaded into cfg_* tables at each run.

Secrets never stand in it: an instance names the environment variables that hold them.
"""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import MISSING, dataclass, field, fields, replace
from datetime import date, datetime, time
from difflib import get_close_matches
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pyarrow as pa

from queries import readable

SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
EXECUTIVE, PLANT_MANAGER, OPERATOR = ROLES = ("executive", "plant manager", "operator")  # the widest first
NOBODY, OIDC, HEADER = SIGN_IN = ("nobody", "oidc", "header")  # who says who reads: nobody, a token, a proxy


LONGEST = 4_000  # characters of a sentence: one that lists every KPI has some 3 000
MOST = 2**31  # what a whole number may be, to be kept in any table


class ConfigError(Exception):
    """ops.toml or the environment is wrong; the message names the key and the remedy. However odd what it quotes, it is
    one line that can be read: the place stands at its beginning and the remedy at its end."""

    def __init__(self, message: str):
        if len(message) > LONGEST:
            message = f"{message[: LONGEST * 2 // 3]} … {message[-LONGEST // 3 :]}"
        super().__init__("".join(one if one.isprintable() else repr(one)[1:-1] for one in message))


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


@dataclass(frozen=True)
class Recipient:
    """Who is told what by the digest. `send_to` names the variables that hold addresses of Apprise; `plants` and
    `names` (of people) are what may be seen, no plants: all of them.

    brief_at: from when on the brief is sent, on `days` (0 is Monday); None: not at all. quiet: from when to when
    nothing is. Both are of `timezone`, unless said that of the only plant, else UTC. about: what is told. Of exceptions
    those of a `severity` or worse, from `step` of their service level on, with these `owners` (none: all).
    """

    name: str
    role: str
    send_to: tuple[str, ...]
    plants: tuple[str, ...] = ()
    names: bool = False
    timezone: str = ""
    brief_at: time | None = time(7)
    days: tuple[int, ...] = tuple(range(7))
    quiet: tuple[time, time] | None = None
    about: tuple[str, ...] = ("brief", "kpi", "budget", "exception")
    severity: str = "medium"
    step: str = "open"
    owners: tuple[str, ...] = ()


@dataclass(frozen=True)
class Digest:
    """Who is told of changes. link: the address of the dashboard, to which links lead; without, there are none.
    stale_after: numbers older than so many seconds are not sent. lines: of each kind of news that a letter tells."""

    link: str = ""
    stale_after: float = float(readable.STALE_AFTER)
    lines: int = 10
    recipients: tuple[Recipient, ...] = ()


WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
RECIPIENT_WORDS = {  # the key of a recipient and what it may say
    "role": ROLES,
    "severity": ("high", "medium", "low"),
    "step": ("open", "overdue", "twice overdue"),
}


@dataclass(frozen=True)
class Grant:
    """What members of one of `groups`, or who has one of these `emails`, may do: in which role, in which plants (none:
    all of them, and what belongs to no plant), and whether with the names of people."""

    role: str
    plants: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    names: bool = False


@dataclass(frozen=True)
class Access:
    """Who may read the dashboard.

    sign_in: nobody signs in, which only serves this machine; by OpenID Connect (oidc); or a proxy does it (header).
    provider: the section [auth.<provider>] of Streamlit's secrets; empty: [auth]. groups: the claim that holds groups
    ("realm_access.roles" is one within another). contact: whom to ask for access. session: after so many seconds one
    signs in again, if the token did not end before. email_header, groups_header (separated by commas), secret_header:
    what the proxy sends; secret_env: the variable with the secret it proves itself by; sign_out: its address for that.
    """

    sign_in: str = NOBODY
    provider: str = ""
    groups: str = "groups"
    contact: str = ""
    session: float = 8 * 3600.0
    email_header: str = "X-Forwarded-Email"
    groups_header: str = "X-Forwarded-Groups"
    secret_header: str = "X-Plant-Pulse-Proxy"
    secret_env: str = "OPS_PROXY_SECRET"
    sign_out: str = ""
    grants: tuple[Grant, ...] = ()


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
    digest: Digest = field(default_factory=Digest)
    access: Access = field(default_factory=Access)

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


def file() -> Path:
    """The configuration file: OPS_CONFIG, or ops.toml; it need not exist."""
    return Path(os.environ.get("OPS_CONFIG") or "ops.toml")


def load(path: Path | None = None) -> Config:
    """The configuration: ops.toml (OPS_CONFIG) and, for the first instance, the ODOO_* environment.

    A missing file is an empty configuration unless OPS_CONFIG names it. ConfigError on anything unknown.
    """
    path = path or file()
    content = _read(path)
    if content is None:
        return Config(instances=_environment_instance(()), n8n=_environment_n8n(()))
    return _parse(content, path.name)


def access(path: Path | None = None) -> Access:
    """Only the section [access], so that a slip in another one locks nobody out. ConfigError as from `load`."""
    path = path or file()
    return _access((_read(path) or {}).get("access", {}), path.name)


def _read(path: Path) -> dict | None:
    """What the file holds; None where there is none and none was named."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        if os.environ.get("OPS_CONFIG"):
            why = f"OPS_CONFIG names {path}, which does not exist: create it or unset OPS_CONFIG."
            raise ConfigError(why) from error
        return None
    except OSError as error:
        raise ConfigError(f"{path} cannot be read ({error.strerror}): mend its rights.") from error
    except (ValueError, RecursionError) as error:  # no TOML, no UTF-8, a number too long, lists too deep
        raise ConfigError(f"{path}: not readable as TOML ({error}): mend that line.") from error


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
        "digest",
        "access",
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
            _check_timezone(plant.timezone, f"{file}: [plant.{plant.code}]")
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
        digest=_digest(_section(content.get("digest", {}), f"{file}: [digest]"), file),
        access=_access(content.get("access", {}), file),
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
        if type(values["at_most"]) is not int or not 1 <= values["at_most"] < MOST:
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
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 10**15:
        return float(value)
    match = re.fullmatch(r"\s*(\d{1,9}(?:\.\d+)?)\s*(s|min|h|d|w)\s*", value) if isinstance(value, str) else None
    if not match:
        raise ConfigError(f'{where}: {value!r} is no quantity; write a number, or a duration such as "8 h" or "2 d".')
    return float(match[1]) * SECONDS[match[2]]


def _access(section: object, file: str) -> Access:
    where = f"{file}: [access]"
    given = dict(_section(section, where))
    tables = _tables(given.pop("grant", []), f"{file}: grants are", "[[access.grant]]")
    _known(given, [f.name for f in fields(Access) if f.name != "grants"], where, "key")
    if "session" in given:
        given["session"] = quantity(given["session"], f"{where} session")
        if given["session"] < 60:
            raise ConfigError(f'{where} session must be at least a minute, as "8 h".')
    found = _make(Access, given, where)
    if found.sign_in not in SIGN_IN:
        raise ConfigError(f"{where} sign_in {found.sign_in!r} is unknown: use {', '.join(SIGN_IN)}.")
    for key in ("groups", "email_header", "groups_header", "secret_header", "secret_env"):
        if not getattr(found, key).strip():
            raise ConfigError(f"{where} {key} is empty: fill it in, or leave it out.")
    if "_" in found.provider:
        raise ConfigError(f"{where} provider {found.provider!r}: Streamlit allows no _ in it; name it otherwise.")
    if found.sign_out and not re.match(r"(https?:/)?/[^/]", found.sign_out):
        raise ConfigError(f"{where} sign_out must begin with / or https://, not {found.sign_out!r}.")
    grants = tuple(_grant(one, f"{file}: [[access.grant]] number {n}") for n, one in enumerate(tables, start=1))
    if grants and found.sign_in == NOBODY:
        raise ConfigError(f'{where}: grants say nothing while nobody signs in: add sign_in = "oidc", or "header".')
    if found.sign_in != NOBODY and not grants:
        raise ConfigError(f"{where}: nobody may see anything: add a section [[access.grant]].")
    return replace(found, grants=grants)


def _grant(values: dict, where: str) -> Grant:
    listed = {key: _names(values, key, where) for key in ("plants", "groups", "emails")}
    names = values.get("names", False)
    if not isinstance(names, bool):
        raise ConfigError(f"{where} names must be true or false, not {names!r}.")
    found = _make(Grant, values | listed, where)
    if found.role not in ROLES:
        raise ConfigError(f"{where} role {found.role!r} is unknown: use {', '.join(ROLES)}.")
    if not (found.groups or found.emails):
        raise ConfigError(f"{where} is for nobody: add groups or emails.")
    for email in found.emails:
        if not re.fullmatch(r"[^@\s*]+@[^@\s*]+", email):
            raise ConfigError(f"{where} emails: {email!r} is no e-mail address: write one, or use groups.")
    if found.role == PLANT_MANAGER and not found.plants:
        raise ConfigError(f'{where}: a plant manager has plants: add them, as in plants = ["LYON"].')
    if "plants" in values and not found.plants:
        raise ConfigError(f"{where} plants is empty: name one, or leave it out for all of them.")
    return replace(found, emails=tuple(email.lower() for email in found.emails))


def _environment_instance(instances: tuple[Instance, ...]) -> tuple[Instance, ...]:
    """ODOO_URL, ODOO_DB and ODOO_USER fill the first instance, or make one called "odoo"; ConfigError where an address
    holds a password."""
    given = {
        key: os.environ[variable]
        for key, variable in (("url", "ODOO_URL"), ("database", "ODOO_DB"), ("user", "ODOO_USER"))
        if os.environ.get(variable)
    }
    if given:
        first = instances[0] if instances else Instance("odoo")
        values = {f.name: getattr(first, f.name) for f in fields(Instance)}
        instances = (Instance(**(values | given)), *instances[1:])
    for one in instances:
        _holds_no_name(one.url, f"Odoo {one.name!r}")
    return instances


def _holds_no_name(url: str, what: str) -> None:
    """ConfigError, which does not repeat it, where an address holds a name or password."""
    if "@" in url:
        raise ConfigError(f"the address of {what} holds a name or password: it is shown to people; leave it out.")


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


def _digest(section: dict, file: str) -> Digest:
    where = f"{file}: [digest]"
    _known(section, ("link", "stale_after", "lines", "recipient"), where, "key")
    given = {key: section[key] for key in ("link", "lines") if key in section}
    if "stale_after" in section:
        given["stale_after"] = quantity(section["stale_after"], f"{where} stale_after")
        if given["stale_after"] <= 0:
            raise ConfigError(f'{where} stale_after must be more than 0, as "26 h".')
    tables = _tables(section.get("recipient", []), f"{file}: recipients are", "[[digest.recipient]]")
    found = _make(Digest, given, where)
    if found.link and not re.match(r"https?://[^/\s]+", found.link):
        raise ConfigError(f"{where} link must begin with https:// or http://, not {found.link!r}.")
    recipients = [
        _recipient(values, f"{file}: [[digest.recipient]] {values.get('name', f'number {number}')!r}")
        for number, values in enumerate(tables, start=1)
    ]
    for name in (names := [one.name for one in recipients]):
        if names.count(name) > 1:
            raise ConfigError(f"{file}: [[digest.recipient]] {name!r} stands there twice: give each its own name.")
    return replace(found, recipients=tuple(recipients))


def _recipient(values: dict, where: str) -> Recipient:
    given = dict(values)
    for key in ("send_to", "plants", "owners", "about", "days"):
        if key in values:
            given[key] = _names(values, key, where)
            if not given[key]:
                raise ConfigError(f"{where} {key} is empty: name one, or leave it out.")
    for variable in given.get("send_to", ()):
        if not re.fullmatch(
            r"[A-Z_][A-Z0-9_]*", variable
        ):  # what is no name of a variable may be a secret: not repeated
            raise ConfigError(
                f"{where} send_to names the environment variable that holds the address, such as DIGEST_LYON: an "
                "address holds a password and does not stand here."
            )
    for key, known in (("about", Recipient.about), ("days", WEEKDAYS)):
        for word in given.get(key, ()):
            _known({word: None}, known, where, key)
    if "days" in given:
        given["days"] = tuple(sorted(WEEKDAYS.index(day) for day in given["days"]))
    for key, known in RECIPIENT_WORDS.items():
        if key in given and given[key] not in known:
            raise ConfigError(f"{where} {key} {given[key]!r} is unknown: use {', '.join(known)}.")
    if "names" in given and not isinstance(given["names"], bool):
        raise ConfigError(f"{where} names must be true or false, not {given['names']!r}.")
    if "brief_at" in given:
        given["brief_at"] = None if given["brief_at"] is False else _time(given["brief_at"], f"{where} brief_at")
    if "quiet" in given:
        ends = given["quiet"]
        if not (isinstance(ends, list) and len(ends) == 2):
            raise ConfigError(f'{where} quiet must be from when to when, as in quiet = ["20:00", "06:30"].')
        given["quiet"] = tuple(_time(one, f"{where} quiet") for one in ends)
    recipient = _make(Recipient, given, where)
    if not recipient.name.strip():
        raise ConfigError(f"{where}: name is empty: say who it is.")
    if recipient.timezone:
        _check_timezone(recipient.timezone, where)
    return recipient


def _time(value: object, where: str) -> time:
    """A time of the day: "07:00", or 07:00:00 as TOML has it."""
    if isinstance(value, time):
        return value
    try:
        return datetime.strptime(value, "%H:%M").time()
    except (TypeError, ValueError) as error:
        raise ConfigError(f'{where}: {value!r} is no time of the day: write it as "07:00".') from error


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
        _holds_no_name(one.url, f"n8n {one.name!r}")
    return given


def _make(kind, values: dict, where: str):
    names = [f.name for f in fields(kind)]
    _known(values, names, where, "key")
    for f in fields(kind):
        if f.type == "str" and f.name in values and not isinstance(values[f.name], str):
            raise ConfigError(f"{where}: {f.name} must be text in quotes, not {values[f.name]!r}.")
        if f.type == "int" and f.name in values and (type(values[f.name]) is not int or not 1 <= values[f.name] < MOST):
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


def _check_timezone(name: str, where: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ConfigError(f"{where} timezone {name!r} is unknown: use a name such as Europe/Paris.") from error


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
