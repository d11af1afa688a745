"""The first look at an Odoo: can its user read everything Plant Pulse needs, what does a gap cost, what closes it.

Asks through the read-only client and returns plain data; etl/report.py prints it. Given an administrator's login it
also compares counts, because record rules hide rows without a word.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

from etl import plan, unencrypted
from etl.acl import GROUP, MODULE
from etl.odoo import Login, ModelAbsent, NoRight, Odoo, OdooError, connect
from etl.publish import kpis_of_sources
from etl.refresh import logins, utc_now
from etl.resolve import Resolved, domain_of, resolve_one
from etl.source import Source, tracked_models
from queries import catalog
from queries.config import Config, ConfigError, Instance

THREADS = 4
KEY_WARNING = timedelta(days=21)
SAMPLE = 500  # hidden rows whose documents are looked up
WRITE_FILE = f"`.venv/bin/python -m etl check --write-acl {MODULE}.zip`"

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True)
class Account:
    """Who reads. None where the user may not know."""

    login: str
    companies: list[str]
    other_companies: list[str]
    knows_all_companies: bool
    is_administrator: bool
    has_group: bool | None
    group_exists: bool | None
    key_name: str | None = None
    key_expires_at: datetime | None = None
    key_count: int = 0


@dataclass(frozen=True)
class Model:
    """One source as this user sees it. state: ok, absent, refused or failed."""

    source: str
    model: str
    without: str
    needed: bool  # a refresh stops without it
    kpis: list[str]
    state: str
    rows: int | None = None
    administrator_rows: int | None = None
    hidden_rows: int = 0
    hidden_documents: dict[str, int] = field(default_factory=dict)
    rules: list[str] = field(default_factory=list)
    missing_fields: list[str] = field(default_factory=list)
    hidden_fields: dict[str, list[str]] = field(default_factory=dict)
    tracked_fields: list[str] | None = None
    untracked_fields: list[str] = field(default_factory=list)
    allowed_for: list[str] = field(default_factory=list)
    message: str | None = None


@dataclass(frozen=True)
class Gap:
    """Something that is missing, what it costs and what closes it. `needed`: numbers are wrong or stop without it."""

    what: str
    needed: bool
    cost: list[str]
    kpis: list[str]
    remedy: str
    models: list[str]


@dataclass(frozen=True)
class Report:
    """What was found at one Odoo; `gaps` dearest first."""

    instance: str
    url: str
    database: str
    version: str
    transport: str
    transport_reason: str
    account: Account
    administrator: str | None
    writers: dict[str, list[str]]  # groups of the user that may also write -> what
    models: list[Model]
    gaps: list[Gap]
    notes: list[str]
    kpi_count: int
    seconds: float

    @property
    def ok(self) -> bool:
        return not any(gap.needed for gap in self.gaps)


def run(config: Config, sources: Iterable[Source], only: str | None = None) -> list[Report]:
    """Looks at every configured Odoo, or `only` at one; OdooError or ConfigError when one cannot be asked at all."""
    return [look(login, administrator(instance), list(sources)) for instance, login in chosen(config, only)]


def chosen(config: Config, only: str | None = None) -> list[tuple[Instance, Login]]:
    """The configured Odoos with their logins; ConfigError when `only` names none of them."""
    found = list(zip(config.instances, logins(config), strict=True))
    if only is None:
        return found
    one = [(instance, login) for instance, login in found if instance.name == only]
    if not one:
        raise ConfigError(f"no Odoo is called {only!r}: use one of {', '.join(name.name for name, _ in found)}.")
    return one


def administrator(instance: Instance) -> Login | None:
    """An administrator's login from the environment: ODOO_ADMIN_API_KEY, or ODOO_ADMIN_USER and ODOO_ADMIN_PASSWORD.

    An Odoo whose key is in ODOO_ASIA_API_KEY has its administrator's in ODOO_ASIA_ADMIN_API_KEY.
    """
    prefix = instance.api_key_env.removesuffix("_API_KEY")
    key, password = (os.environ.get(f"{prefix}_ADMIN_{name}") for name in ("API_KEY", "PASSWORD"))
    user = os.environ.get(f"{prefix}_ADMIN_USER", "")
    if not key and not password:
        return None
    if not key and not user:
        raise ConfigError(f"{prefix}_ADMIN_PASSWORD is set without {prefix}_ADMIN_USER: set that too.")
    return Login(
        instance.name,
        instance.url,
        instance.database,
        user or "administrator",
        key or password,
        is_api_key=bool(key),
        secret_env=f"{prefix}_ADMIN_{'API_KEY' if key else 'PASSWORD'}",
    )


def look(login: Login, admin_login: Login | None, sources: list[Source]) -> Report:
    """Asks one Odoo about every source and judges the answers."""
    started = time.monotonic()
    odoo = connect(login)
    admin = connect(admin_login) if admin_login else None
    who = _account(odoo, admin)
    tracked = tracked_models(sources)
    kpis = catalog.load()
    needs = kpis_of_sources(sources, kpis)
    seen = _each(lambda source: _see(odoo, source, tracked, sorted(needs[source.name])), sources)
    models = [model for model, _ in seen]
    if admin:
        models = _compare(odoo, admin, models, sources, tracked)
    resolved = {model.source: found for model, found in seen if found}
    models = _explain_fields(admin or odoo, models, resolved, {source.name: source for source in sources})
    admin_account = _account(admin, None) if admin else None
    writers = _may(lambda: _writers(admin, who, models), {}) if admin and not who.is_administrator else {}
    return Report(
        instance=login.instance,
        url=login.url,
        database=login.database,
        version=odoo.version,
        transport=odoo.transport.name,
        transport_reason=_transport_reason(odoo),
        account=who,
        administrator=admin_account.login if admin_account else None,
        writers=writers,
        models=models,
        gaps=judge(who, models, sorted(kpi.title for kpi in kpis.values()), bool(admin)),
        notes=remarks(odoo.major, login, who, admin_account, models, utc_now()) + _writing(who, writers),
        kpi_count=len(kpis),
        seconds=round(time.monotonic() - started, 1),
    )


# ---------------------------------------------------------------- asking


def _each(ask: Callable[[T], U], items: Iterable[T]) -> list[U]:
    """ask(item) for each item, a few at a time: every call is a request of its own over either transport."""
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(ask, items))


def _may(ask: Callable[[], T], otherwise: T) -> T:
    """The answer, or `otherwise` where the user has no right or the Odoo no such model."""
    try:
        return ask()
    except (NoRight, ModelAbsent):
        return otherwise


def _account(odoo: Odoo, admin: Odoo | None) -> Account:
    uid = odoo.call("res.users", "context_get").get("uid")
    of_user = [("id", "=", uid)] if uid else [("login", "=", odoo.login.user)]
    known = odoo.fields("res.users")
    groups_field = next(name for name in ("all_group_ids", "group_ids", "groups_id") if name in known)
    [user] = odoo.rows("res.users", of_user, ["login", "company_ids", groups_field])
    groups = _may(lambda: odoo.search("res.groups", [("name", "=", GROUP)]), None)
    has_group = None if groups is None else bool(set(groups) & set(user[groups_field]))
    is_administrator = _may(lambda: odoo.search("ir.config_parameter", [], limit=1) is not None, False)
    companies = {row["id"]: row["name"] for row in odoo.rows("res.company", [], ["name"])}
    if admin:
        companies |= {row["id"]: row["name"] for row in admin.rows("res.company", [], ["name"])}
    mine = set(user["company_ids"])
    return Account(
        login=user["login"],
        companies=[name for id, name in companies.items() if id in mine],
        other_companies=[name for id, name in companies.items() if id not in mine],
        knows_all_companies=bool(admin or is_administrator or has_group),
        is_administrator=is_administrator,
        has_group=has_group,
        group_exists=None if groups is None else bool(groups),
        **(_key(odoo, user["id"]) if odoo.login.is_api_key else {}),
    )


def _key(odoo: Odoo, user: int) -> dict:
    """The user's API key that expires first; Odoo does not say which of several is the one in use."""
    fields = _may(lambda: odoo.fields("res.users.apikeys"), {})
    if "name" not in fields:
        return {}
    asked = ["name", *({"expiration_date"} & set(fields))]
    keys = _may(lambda: odoo.rows("res.users.apikeys", [("user_id", "=", user)], asked), [])
    now = utc_now()
    ends = [(_time(key.get("expiration_date")), key["name"]) for key in keys]
    living = sorted((end or datetime.max, name) for end, name in ends if end is None or end > now)
    if not living:
        return {}
    end, name = living[0]
    return {"key_name": name, "key_expires_at": None if end == datetime.max else end, "key_count": len(living)}


def _time(value: str | bool | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


def _see(odoo: Odoo, source: Source, tracked: list[str], kpis: list[str]) -> tuple[Model, Resolved | None]:
    """A source as the user sees it: its rows are counted and one is read with every field."""
    found = Model(source.name, source.model, source.without, source.needed, kpis, "ok")
    try:
        resolved = resolve_one(odoo, source, tracked)
        if resolved.absent:
            return replace(found, state="absent"), None
        found = replace(found, model=resolved.model)
        domain = domain_of(source, tracked, resolved.fields)
        rows = plan.count(odoo, resolved, domain)
        fields = sorted({field for field in resolved.fields.values() if field})
        first = odoo.search(resolved.model, domain, limit=1)
        if first:
            odoo.call(resolved.model, "read", ids=first, fields=fields, load="")
    except NoRight as error:
        refused = replace(found, state="refused", without=source.cost)
        return replace(refused, allowed_for=list(error.allowed_for), message=str(error)), None
    except OdooError as error:
        return replace(found, state="failed", message=str(error)), None
    return replace(found, rows=rows, missing_fields=resolved.missing), resolved


def _compare(odoo: Odoo, admin: Odoo, models: list[Model], sources: list[Source], tracked) -> list[Model]:
    """The models with the administrator's counts, and which rows the user does not see."""
    by_name = {source.name: source for source in sources}
    seen: dict[str, Resolved] = {}

    def count(model: Model) -> int | None:
        if model.state == "absent":
            return None
        try:
            found = resolve_one(admin, by_name[model.source], tracked)
            seen[model.source] = found
            return plan.count(admin, found, domain_of(found.source, tracked, found.fields))
        except OdooError:
            return None

    compared = []
    for model, theirs in zip(models, _each(count, models), strict=True):
        model = replace(model, administrator_rows=theirs)
        if model.state == "ok" and theirs is not None and theirs > model.rows:
            model = _hidden(odoo, admin, model, seen[model.source], tracked)
        compared.append(model)
    return compared


def _hidden(odoo: Odoo, admin: Odoo, model: Model, found: Resolved, tracked: list[str]) -> Model:
    """Which rows only the administrator sees, on which documents they are, and what rules may hide them."""
    domain = domain_of(found.source, tracked, found.fields)
    theirs = set(plan.ids_of(admin, found, domain).tolist())
    mine = set(plan.ids_of(odoo, found, domain).tolist())  # asked last: a row that came in between is nobody's secret
    hidden = sorted(theirs - mine)
    if not hidden:
        return replace(model, rows=len(mine), administrator_rows=len(theirs))
    fields = admin.fields(model.model)
    document_field = next((name for name in ("res_model", "model") if {name, "res_id"} <= fields.keys()), None)
    documents = {}
    if document_field:
        rows = admin.rows(model.model, [("id", "in", hidden[:SAMPLE])], [document_field])
        documents = dict(Counter(row[document_field] or "no document" for row in rows).most_common())
    rules = [("model_id.model", "=", model.model), ("perm_read", "=", True), ("active", "=", True)]
    names = _may(lambda: [row["name"] for row in admin.rows("ir.rule", rules, ["name"])], [])
    return replace(
        model,
        rows=len(mine),
        administrator_rows=len(theirs),
        hidden_rows=len(hidden),
        hidden_documents=documents,
        rules=[name for name in names if not name.startswith(GROUP)],
    )


def _writers(admin: Odoo, who: Account, models: list[Model]) -> dict[str, list[str]]:
    """Groups of the user through which it may write what Plant Pulse only reads, beyond what every user may."""
    [every] = admin.rows("ir.model.data", [("module", "=", "base"), ("name", "=", "group_user")], ["res_id"])
    of_user = "all_group_ids" if "all_group_ids" in admin.fields("res.users") else "groups_id"
    implied = "all_implied_ids" if "all_implied_ids" in admin.fields("res.groups") else "trans_implied_ids"
    [user] = admin.rows("res.users", [("login", "=", who.login)], [of_user])
    [common] = admin.rows("res.groups", [("id", "=", every["res_id"])], [implied])
    groups = set(user[of_user]) - set(common[implied]) - {every["res_id"]}
    names = {
        row["id"]: row["full_name"] for row in admin.rows("res.groups", [("id", "in", list(groups))], ["full_name"])
    }
    asked = [("model", "in", [model.model for model in models if model.state != "absent"])]
    model_names = {row["id"]: row["model"] for row in admin.rows("ir.model", asked, ["model"])}
    rights = [
        ("active", "=", True),
        ("group_id", "in", list(groups)),
        ("model_id", "in", list(model_names)),
        *("|", "|", ("perm_write", "=", True), ("perm_create", "=", True), ("perm_unlink", "=", True)),
    ]
    found: dict[str, set[str]] = {}
    for row in admin.rows("ir.model.access", rights, ["group_id", "model_id"]):
        found.setdefault(names[row["group_id"]], set()).add(model_names[row["model_id"]])
    return {name: sorted(found[name]) for name in sorted(found)}


def _explain_fields(odoo: Odoo, models: list[Model], resolved: dict[str, Resolved], sources) -> list[Model]:
    """The models with what ir.model.fields says: which fields are tracked, which missing ones only groups may see."""
    names = [m.model for m in models if m.state != "absent" and (m.missing_fields or sources[m.source].tracked)]
    wanted = [name for name in ("tracking", "groups") if name in _may(lambda: odoo.fields("ir.model.fields"), {})]
    asked = [("model", "in", names)]
    rows = _may(lambda: odoo.rows("ir.model.fields", asked, ["model", "name", *wanted]), None) if names else []
    if rows is None:
        return models
    groups = sorted({group for row in rows for group in row.get("groups") or []})
    named = _may(lambda: odoo.rows("res.groups", [("id", "in", groups)], ["full_name"]), []) if groups else []
    group_names = {row["id"]: row["full_name"] for row in named}
    definitions = {(row["model"], row["name"]): row for row in rows}
    explained = []
    for model in models:
        source, changes = sources[model.source], {}
        if model.missing_fields:
            hidden = {}
            for name in model.missing_fields:
                for candidate in source.fields[name].candidates or (name,):
                    restricted = definitions.get((model.model, candidate), {}).get("groups")
                    if restricted:
                        hidden[candidate] = [group_names.get(group, f"group {group}") for group in restricted]
            changes["hidden_fields"] = hidden
        if source.tracked and model.state != "absent" and "tracking" in wanted:
            tracked = sorted(row["name"] for row in rows if row["model"] == model.model and row["tracking"])
            needed = () if source.tracked is True else source.tracked
            untracked = [n for n in needed if (model.model, n) in definitions and n not in tracked]
            if source.tracked is True and not tracked:
                untracked = ["any field"]
            changes |= {"tracked_fields": tracked, "untracked_fields": untracked}
        explained.append(replace(model, **changes))
    return explained


def _transport_reason(odoo: Odoo) -> str:
    if odoo.transport.name == "json-2":
        return "Odoo 19 or later, and an API key"
    if odoo.major < 19:
        return f"Odoo {odoo.major} offers nothing else"
    return "a password is given; an API key would use JSON-2"


# ---------------------------------------------------------------- judging


def judge(who: Account, models: list[Model], all_kpis: list[str], compared: bool) -> list[Gap]:
    """What is missing: what is needed before what would help, the gap that costs most KPIs first."""
    gaps = [
        *_refused(who, [model for model in models if model.state == "refused" and model.needed]),
        *_refused(who, [model for model in models if model.state == "refused" and not model.needed]),
        *_companies(who, all_kpis),
        *_hidden_rows(who, models),
    ]
    for model in models:
        for name, groups in model.hidden_fields.items():
            gaps.append(
                _gap(
                    f"The field {name} of {model.model} is shown only to: {', '.join(groups)}.",
                    f"put user {who.login!r} into one of these groups, or leave it if the loss is acceptable",
                    [model],
                )
            )
        if model.untracked_fields:
            gaps.append(
                _gap(
                    f"Odoo does not track changes of {', '.join(model.untracked_fields)} on {model.model}.",
                    "have the field declared with tracking=True in an add-on of your Odoo (Odoo's own code does it, "
                    "so an add-on has switched it off); its history begins that day",
                    [model],
                )
            )
        if model.state == "failed":
            gaps.append(_gap(f"{model.model} could not be read.", model.message, [model]))
    return sorted(gaps, key=lambda gap: (not gap.needed, -len(gap.kpis)))


def _gap(what: str, remedy: str, models: list[Model], kpis: list[str] | None = None) -> Gap:
    costs = list(dict.fromkeys(f"{model.model}: {model.without}" for model in models))
    lost = kpis if kpis is not None else sorted({kpi for model in models for kpi in model.kpis})
    return Gap(what, any(model.needed for model in models), costs, lost, remedy, [model.model for model in models])


def _refused(who: Account, models: list[Model]) -> list[Gap]:
    if not models:
        return []
    covers = "; ".join(f"{group} ({', '.join(covered)})" for group, covered in _fewest_groups(models).items())
    otherwise = (
        f". Without it, these groups of Odoo would do, and some of them may also write: {covers}" if covers else ""
    )
    names = ", ".join(model.model for model in models)
    what = f"The user may not read {len(models)} model{'s' if len(models) > 1 else ''}: {names}."
    return [_gap(what, _give_group(who) + otherwise, models)]


def _fewest_groups(models: list[Model]) -> dict[str, list[str]]:
    """Groups of Odoo that together may read all these models, few of them: group -> models it is named for."""
    useless = (GROUP, "Portal")  # named already; not for internal users
    left = {m.model: [group for group in m.allowed_for if not group.endswith(useless)] for m in models}
    found = {}
    while any(left.values()):
        counts = Counter(group for groups in left.values() for group in groups)
        best = min(counts, key=lambda group: (-counts[group], group))
        found[best] = [model for model, groups in left.items() if best in groups]
        left = {model: groups for model, groups in left.items() if best not in groups}
    return found


def _give_group(who: Account) -> str:
    """How the user comes to the rights of the reader group, from where it stands."""
    put = f"put user {who.login!r} into it (Settings > Users > Access Rights > Plant Pulse)"
    if who.has_group:
        return f'the group "{GROUP}" is older than what is read now: write it with {WRITE_FILE} and import it again'
    if who.group_exists:
        return f'the group "{GROUP}" exists: {put}'
    return (
        f'write the read-only group "{GROUP}" with {WRITE_FILE}, let an administrator import it '
        f"(developer mode on, Apps > Import Module), and {put}"
    )


def _companies(who: Account, all_kpis: list[str]) -> list[Gap]:
    if not who.other_companies:
        return []
    names = ", ".join(who.other_companies)
    remedy = f"add {names} to the allowed companies of user {who.login!r} (Settings > Users > Access Rights)"
    return [Gap(f"The user is not in {names}.", True, ["what happens there is in no number"], all_kpis, remedy, [])]


def _hidden_rows(who: Account, every: list[Model]) -> list[Gap]:
    readable = {model.model for model in every if model.state == "ok"}
    gaps = []
    for model in every:
        if not model.hidden_rows:
            continue
        what = f"{model.hidden_rows} of {model.administrator_rows} rows of {model.model} are hidden from the user"
        foreign = [name for name in model.hidden_documents if name not in readable and "." in name]
        if model.hidden_documents:
            of = ", ".join(f"{name} {count}" for name, count in model.hidden_documents.items())
            what += f" (by document: {of})"
        rules = f" by record rules: {', '.join(model.rules)}" if model.rules else ""
        if who.other_companies:
            remedy = "add the companies named here first, then check again"
        elif not who.has_group:
            remedy = _give_group(who)
        elif foreign:
            also = " ".join(f"--also {name}" for name in foreign)
            remedy = (
                f"these rows show only to those who may read their documents: write the group again with "
                f"{WRITE_FILE[:-1]} {also}` and import it, or accept the loss"
            )
        elif model.hidden_documents:
            remedy = (
                "Odoo shows these rows only to those who may write their documents (activities, in Odoo 19): accept "
                "the loss, which is smaller than what such a right can do"
            )
        elif model.rules:
            remedy = (
                f'a rule without a group holds for the group "{GROUP}" too: let an administrator give it an exception'
            )
        else:
            remedy = "ask the developer of the add-on that limits this model"
        gaps.append(_gap(f"{what}{rules}.", remedy, [model]))
    return gaps


def remarks(
    major: int, login: Login, who: Account, admin: Account | None, models: list[Model], now: datetime
) -> list[str]:
    """What is worth knowing and stops nothing."""
    open_way = unencrypted.warning(login.url, "API key" if login.is_api_key else "password")
    notes = [open_way] if open_way else []
    if who.login != login.user:
        notes.append(
            f"The API key belongs to user {who.login!r}, not to {login.user!r}, and {who.login!r} is who reads: set "
            f"ODOO_USER (or user in ops.toml) to that, or {login.secret_env} to a key of {login.user!r}."
        )
    if login.is_api_key and who.key_expires_at:
        days = (who.key_expires_at - now).days
        which = f"The API key {who.key_name!r}" if who.key_count == 1 else f"The first of {who.key_count} API keys"
        urgent = ": make a new one now" if who.key_expires_at - now < KEY_WARNING else ""
        notes.append(f"{which} expires on {who.key_expires_at:%d %b %Y}, in {days} days{urgent}.")
    if not login.is_api_key and major >= 19:
        notes.append("Odoo is going to drop JSON-RPC, the way in with a password: make an API key.")
    if who.is_administrator:
        notes.append(
            f"User {who.login!r} is an administrator. A user that can only read is enough: see docs/operating.md."
        )
    elif admin is None:
        prefix = login.secret_env.removesuffix("_API_KEY").removesuffix("_PASSWORD")
        notes.append(
            f"Whether record rules hide rows is known only to an administrator: run this once with {prefix}_ADMIN_USER "
            f"and {prefix}_ADMIN_PASSWORD (or {prefix}_ADMIN_API_KEY) set; they are used for counting alone."
        )
    elif admin.login == who.login:
        notes.append("The administrator given is the user itself: the comparison says nothing.")
    elif not admin.is_administrator or admin.other_companies:
        notes.append(f"User {admin.login!r} is no administrator of all companies: it may not see every row either.")
    for model in models:
        missing = [name for name in model.missing_fields if not model.hidden_fields.get(name)]
        if missing:
            notes.append(f"{model.model} has no {', '.join(missing)} in this Odoo.")
    return notes


def _writing(who: Account, writers: dict[str, list[str]]) -> list[str]:
    if not writers:
        return []
    groups = "; ".join(f"{name} ({', '.join(written)})" for name, written in writers.items())
    return [f"User {who.login!r} may also write, which Plant Pulse never does: take it out of {groups}."]
