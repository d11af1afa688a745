"""The first look at a real Odoo, and the read-only group it writes: imported, given to a user, proven."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from etl import acl, check
from etl.odoo import connect
from etl.refresh import logins, utc_now
from etl.source import Source, column, discover
from queries import catalog, config
from tests.live.conftest import Login, environment
from tests.live.test_refresh import TROUBLES

pytestmark = pytest.mark.live

# Its default rules show a user only what the user owns or follows.
MAINTENANCE = Source(
    model="maintenance.request", name="maintenance_request", without="", fields={"name": column("char")}
)
SOURCES = list((discover() | {MAINTENANCE.name: MAINTENANCE}).values())
SHOWN_TO_WRITERS = {"mail_activity"}  # Odoo 19 searches activities only on documents that the user may write
KPIS = catalog.load()
ADMIN = {"ODOO_ADMIN_USER": "admin", "ODOO_ADMIN_PASSWORD": "admin"}


@pytest.fixture(scope="module")
def player(odoo, truth):
    """Calls Odoo as any user, to set things up; what it makes is gone afterwards."""
    from tests.live.player import Player, hour_of

    player = Player(odoo, hour_of(datetime(2026, 11, 1)))
    yield player
    player.close()


@pytest.fixture(scope="module")
def by_password(login):
    """by_password(user): a login whose password is its name, as every provisioned user's."""

    def make(user: str) -> Login:
        kept = {key: value for key, value in login.environment.items() if key in ("ODOO_URL", "ODOO_DB")}
        return Login(kept | {"ODOO_USER": user, "ODOO_PASSWORD": user})

    return make


def look(login: Login, sources=SOURCES, **more) -> check.Report:
    """The report of one login, in this process."""
    with environment({"ODOO_API_KEY": "", "ODOO_PASSWORD": ""} | login.environment | more):
        [report] = check.run(config.load(), sources)
    return report


def add_user(player, name: str, groups: list[str], companies: list[int]) -> int:
    """An internal user with these groups (by external id), whose password is its name."""
    made = player.call(
        "admin",
        "res.users",
        "create",
        {
            "login": name,
            "password": name,
            "name": name,
            "company_id": companies[0],
            "company_ids": [(6, 0, companies)],
            "group_ids": [(6, 0, [group_id(player, group) for group in groups])],
        },
        context={"no_reset_password": True},
    )
    return made[0] if isinstance(made, list) else made


def group_id(player, external_id: str) -> int:
    module, name = external_id.split(".")
    domain = [("module", "=", module), ("name", "=", name), ("model", "=", "res.groups")]
    return player.call("admin", "ir.model.data", "search_read", domain, ["res_id"])[0]["res_id"]


def remove_user(player, user: int) -> None:
    [row] = player.call("admin", "res.users", "read", [user], ["partner_id"])
    player.call("admin", "res.users", "unlink", [user])
    player.call("admin", "res.partner", "unlink", [row["partner_id"][0]])


def add_key(player, user: int, valid: timedelta) -> str:
    """An API key as Odoo stores one: it makes them only for someone who types a password into the browser."""
    key, salt = secrets.token_hex(20), secrets.token_bytes(16)
    digest = hashlib.pbkdf2_hmac("sha512", key.encode(), salt, 6000)
    encoded = [base64.b64encode(part, altchars=b"./").decode().rstrip("=") for part in (salt, digest)]
    player.pg.execute(
        "insert into res_users_apikeys (name, user_id, scope, expiration_date, key, index, create_date) "
        "values ('plant pulse', %s, 'rpc', %s, %s, %s, now() at time zone 'utc')",
        [user, utc_now() + valid, f"$pbkdf2-sha512$6000${'$'.join(encoded)}", key[:8]],
    )
    return key


def import_file(player, path) -> None:
    """What Apps > Import Module > Install does."""
    made = player.call(
        "admin", "base.import.module", "create", {"module_file": base64.b64encode(path.read_bytes()).decode()}
    )
    player.call("admin", "base.import.module", "import_module", made if isinstance(made, list) else [made])


@pytest.fixture(scope="module")
def companies(player) -> list[int]:
    return player.call("admin", "res.company", "search", [])


@pytest.fixture(scope="module")
def reader_group(player, by_password, tmp_path_factory):
    """The group, from a file that a user without any right wrote; imported twice, the second time with a model more."""
    folder = tmp_path_factory.mktemp("acl")
    for also in ((), ("--also", MAINTENANCE.model)):
        path = folder / f"{len(also)}.zip"
        said = by_password("etl_norights").run(folder, "etl", "check", "--write-acl", str(path), *also)
        assert said.returncode == 0, said.stderr
        assert "Apps > Import Module" in said.stderr
        import_file(player, path)
    yield f"{acl.MODULE}.group_reader"
    [module] = player.call("admin", "ir.module.module", "search", [("name", "=", acl.MODULE)])
    player.call("admin", "ir.module.module", "module_uninstall", [module])
    assert not player.call("admin", "res.groups", "search", [("name", "=", acl.GROUP)])
    assert not player.call("admin", "ir.model.access", "search", [("name", "like", acl.GROUP)])
    assert not player.call("admin", "ir.rule", "search", [("name", "like", acl.GROUP)])


@pytest.fixture(scope="module")
def reader(player, reader_group, companies, login):
    """An internal user with nothing but the group, all companies and an API key."""
    user = add_user(player, "reader", ["base.group_user", reader_group], companies)
    key = add_key(player, user, timedelta(days=200))
    yield Login(login.environment | {"ODOO_USER": "reader", "ODOO_API_KEY": key})
    remove_user(player, user)


# ---------------------------------------------------------------- the administrator, and a user without rights


def test_the_administrator_can_read_everything(login, truth, tmp_path):
    said = login.run(tmp_path, "etl", "check")
    assert said.returncode == 0, said.stderr
    assert said.stdout.startswith("Plant Pulse can read everything it needs.\n")
    assert "JSON-2: Odoo 19 or later, and an API key" in said.stdout
    assert "User admin, 4 companies" in said.stdout and "(all there are)" in said.stdout
    assert "is an administrator" in said.stdout and "What is missing" not in said.stdout
    assert not list(tmp_path.iterdir()), "a first look needs no warehouse"
    facts = json.loads(login.run(tmp_path, "etl", "check", "--json").stdout)
    [found] = facts["instances"]
    assert facts["ok"] and found["gaps"] == [] and found["transport"] == "json-2"
    models = {model["source"]: model for model in found["models"]}
    assert set(models) == set(discover()) and {model["state"] for model in models.values()} <= {"ok", "absent"}
    assert {"state", "reservation_state"} <= set(models["mrp_production"]["tracked_fields"])
    with environment(login.environment):
        odoo = connect(logins(config.load())[0])
    for name in ("res_partner", "product_product", "purchase_order", "res_users"):
        assert models[name]["rows"] == odoo.count(models[name]["model"], []), name
    print(f"{len(models)} sources in {found['seconds']} s")


def test_a_user_without_rights_learns_exactly_what_is_missing(player, by_password, tmp_path):
    installed = {row["model"] for row in player.call("admin", "ir.model", "search_read", [], ["model"])}
    forbidden = [
        source
        for source in discover().values()
        if source.model in installed and not player.call("etl_norights", source.model, "has_access", [], "read")
    ]
    refused = [source.model for source in forbidden if source.needed]
    useful = [source.model for source in forbidden if not source.needed]
    assert len(refused) > 3 and len(useful) > 3
    said = by_password("etl_norights").run(tmp_path, "etl", "check")
    assert said.returncode == 1 and not said.stderr
    assert said.stdout.splitlines()[0] == "1 thing is missing; 1 more would be useful."
    assert f"The user may not read {len(refused)} models: {', '.join(refused)}." in said.stdout
    assert "JSON-RPC: a password is given; an API key would use JSON-2" in said.stdout
    assert "whether there are more, it may not know" in said.stdout
    assert "ODOO_ADMIN_USER and ODOO_ADMIN_PASSWORD" in said.stdout
    facts = json.loads(by_password("etl_norights").run(tmp_path, "etl", "check", "--json").stdout)
    [gap, other] = facts["instances"][0]["gaps"]
    assert other["models"] == useful and not other["needed"]
    assert gap["models"] == refused and facts["instances"][0]["kpi_count"] == len(KPIS)
    assert set(gap["kpis"]) == {kpi.title for kpi in KPIS.values()}  # jobs find their plant through their documents
    assert f'write the read-only group "{acl.GROUP}" with `.venv/bin/python -m etl check --write-acl' in gap["remedy"]
    assert "Role / Administrator (mail.tracking.value)" in gap["remedy"]
    assert any("production order KPIs cannot be measured" in cost for cost in gap["cost"])


def test_the_administrators_counts_show_what_rules_hide_without_a_word(player, by_password):
    every = player.call("admin", MAINTENANCE.model, "search_count", [], context={"active_test": False})
    assert every > 0
    alone = look(by_password("pierre"), [MAINTENANCE])
    assert alone.ok and alone.models[0].rows < every
    report = look(by_password("pierre"), [MAINTENANCE], **ADMIN)
    [model] = report.models
    assert report.administrator == "admin" and model.administrator_rows == every
    assert model.hidden_rows == every - model.rows > 0
    [gap] = report.gaps
    assert f"{model.hidden_rows} of {every} rows of maintenance.request are hidden from the user" in gap.what
    assert "Users are allowed to access their own maintenance requests" in gap.what
    assert "--write-acl" in gap.remedy and "put user 'pierre' into it" in gap.remedy


def test_messages_of_documents_that_may_not_be_read_are_counted_by_document(by_password, truth):
    report = look(by_password("buyer"), **ADMIN)
    assert "purchase.order" in report.writers["Purchase / User"]
    [note] = [note for note in report.notes if "may also write" in note]
    assert note.startswith("User 'buyer' may also write, which Plant Pulse never does: take it out of ")
    [hidden] = [model for model in report.models if model.model == "mail.message"]
    assert hidden.hidden_rows > 0 and "mrp.production" in hidden.hidden_documents


def test_an_administrator_with_a_wrong_password_is_a_sentence(by_password, tmp_path):
    said = by_password("planner").run(tmp_path, "etl", "check", ODOO_ADMIN_USER="admin", ODOO_ADMIN_PASSWORD="wrong")
    assert said.returncode == 1
    assert "the password is wrong or has expired; set ODOO_ADMIN_PASSWORD." in said.stderr
    said = by_password("planner").run(tmp_path, "etl", "check", ODOO_ADMIN_PASSWORD="admin")
    assert said.returncode == 1 and "set without ODOO_ADMIN_USER" in said.stderr


@pytest.mark.parametrize("trouble", sorted(set(TROUBLES) - {"no rights"}))
def test_trouble_is_the_sentence_that_a_refresh_says(trouble, login, tmp_path):
    changed, sentence = TROUBLES[trouble]
    environment_of = {key: value for key, value in (login.environment | changed).items() if value}
    said = Login(environment_of).run(tmp_path, "etl", "check")
    assert said.returncode == 1
    assert sentence in said.stderr and said.stderr.count("Failed:") == 1 and "Traceback" not in said.stderr


def test_a_field_that_is_not_tracked_is_named_with_what_it_costs(player, login):
    where = "where model = 'purchase.order' and name = 'state'"
    player.pg.execute(f"update ir_model_fields set tracking = null {where}")
    try:
        [gap] = look(login).gaps
    finally:
        player.pg.execute(f"update ir_model_fields set tracking = 100 {where}")
    assert gap.what == "Odoo does not track changes of state on purchase.order."
    assert "Purchase approval turnaround" in gap.kpis and "tracking=True" in gap.remedy


# ---------------------------------------------------------------- the group


def test_the_group_alone_reads_every_row_the_administrator_reads(reader, tmp_path):
    said = reader.run(tmp_path, "etl", "check", **ADMIN)
    assert said.returncode == 0, said.stdout + said.stderr
    assert said.stdout.startswith("Plant Pulse can read everything it needs")
    assert "compared with admin" in said.stdout and "The API key 'plant pulse' expires on" in said.stdout
    report = look(reader, **ADMIN)
    assert report.ok and report.transport == "json-2" and report.account.login == "reader"
    whole = [model for model in report.models if model.source not in SHOWN_TO_WRITERS]
    assert {model.source: model.rows for model in whole} == {model.source: model.administrator_rows for model in whole}
    assert not any(model.hidden_rows or model.hidden_fields for model in whole)
    assert all("may write their documents" in gap.remedy for gap in report.gaps)
    assert report.writers == {} and not any("may also write" in note for note in report.notes)
    assert {model.model: model.rows for model in report.models}[MAINTENANCE.model] > 0
    print(f"{len(report.models)} sources over JSON-2, compared, in {report.seconds} s")


def test_the_group_alone_refreshes_with_the_administrators_row_counts(reader, login, tmp_path):
    as_reader = reader.refresh(tmp_path / "reader")
    as_admin = login.refresh(tmp_path / "admin")
    rows, expected = (
        {item.source: item.read for item in outcome.loaded if item.source not in SHOWN_TO_WRITERS}
        for outcome in (as_reader, as_admin)
    )
    assert rows == expected
    assert sum(item.read for item in as_reader.loaded) > 500


def test_the_group_adds_no_right_to_write(player, reader):
    """What remains is what Odoo lets every internal user write."""
    from tests.live.player import OdooError

    installed = {row["model"] for row in player.call("admin", "ir.model", "search_read", [], ["model"])}
    models = sorted(installed & {*(source.model for source in SOURCES), *acl.ALSO_READ})
    for right in ("write", "create", "unlink"):
        may = {
            user: [model for model in models if player.call(user, model, "has_access", [], right)]
            for user in ("reader", "etl_norights")
        }
        print(f"{right}: every internal user may on {', '.join(may['etl_norights']) or 'nothing'}")
        assert may["reader"] == may["etl_norights"], right
        assert "mrp.production" not in may["reader"] and "purchase.order" not in may["reader"]
    for model in ("mrp.production", "stock.move", "res.partner"):
        [document] = player.call("reader", model, "search", [], limit=1)
        with pytest.raises(OdooError, match="not allowed to modify"):
            player.call("reader", model, "write", [document], {})
    with pytest.raises(OdooError, match="not allowed to create"):
        player.call("reader", "mail.tracking.value", "create", {})


def test_a_company_that_the_user_is_not_in_is_seen_through_the_group(player, reader_group, companies, by_password):
    names = {row["id"]: row["name"] for row in player.call("admin", "res.company", "read", companies, ["name"])}
    [nord] = [id for id, name in names.items() if name == "Plant Pulse Nord"]
    user = add_user(player, "abroad", ["base.group_user", reader_group], [id for id in companies if id != nord])
    try:
        alone = look(by_password("abroad"))
        compared = look(by_password("abroad"), **ADMIN)
    finally:
        remove_user(player, user)
    [gap] = alone.gaps
    assert gap.what == "The user is not in Plant Pulse Nord." and len(gap.kpis) == alone.kpi_count
    assert gap.remedy.startswith("add Plant Pulse Nord to the allowed companies of user 'abroad'")
    hidden = {model.model: model.hidden_rows for model in compared.models if model.hidden_rows}
    assert hidden["mrp.production"] > 0 and hidden["mail.message"] > 0
    assert compared.gaps[0].what == gap.what


def test_a_user_outside_the_group_is_told_that_it_exists(player, reader_group, by_password):
    gap = look(by_password("etl_norights")).gaps[0]
    assert gap.remedy.startswith(f"the group \"{acl.GROUP}\" exists: put user 'etl_norights' into it")


def test_a_group_that_is_too_old_is_to_be_written_again(player, reader, reader_group):
    name = f"{acl.GROUP}: mrp.production"
    [access] = player.call("admin", "ir.model.access", "search", [("name", "=", name)])
    player.call("admin", "ir.model.access", "write", [access], {"active": False})
    try:
        gap = look(reader).gaps[0]
    finally:
        player.call("admin", "ir.model.access", "write", [access], {"active": True})
    assert gap.models == ["mrp.production"] and "is older than what is read now" in gap.remedy


def test_a_key_that_is_about_to_expire_is_said(player, reader):
    [user] = player.call("admin", "res.users", "search", [("login", "=", "reader")])
    key = add_key(player, user, timedelta(days=10, minutes=5))
    report = look(Login(reader.environment | {"ODOO_API_KEY": key}), [])
    player.pg.execute("delete from res_users_apikeys where index = %s", [key[:8]])
    [note] = [note for note in report.notes if "expires" in note]
    assert note.startswith("The first of 2 API keys expires on") and note.endswith("in 10 days: make a new one now.")


def test_a_key_of_another_user_than_named_is_said(reader):
    report = look(Login(reader.environment | {"ODOO_USER": "somebody"}), [])
    assert any(
        "belongs to user 'reader', not to 'somebody', and 'reader' is who reads" in note for note in report.notes
    )


def test_a_model_that_odoo_lacks_cannot_be_added(login, tmp_path):
    said = login.run(tmp_path, "etl", "check", "--write-acl", str(tmp_path / "r.zip"), "--also", "no.model")
    assert said.returncode == 1 and "has no model no.model" in said.stderr
    said = login.run(tmp_path, "etl", "check", "--write-acl", str(tmp_path / "r.csv"))
    assert said.returncode == 1 and "writes a zip file" in said.stderr
    assert not list(tmp_path.iterdir())


def test_a_source_that_is_not_installed_is_no_gap(login):
    absent = replace(MAINTENANCE, model="quality.check", name="quality_check", without="holds are not seen")
    report = look(login, [absent])
    assert report.ok and not report.gaps and report.models[0].state == "absent"
