"""What Odoo 19 forgets and refreshes keep: changed plans, shortages and their forecasts, runs of scheduled actions."""

from __future__ import annotations

import json
import time
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest

from etl import publish
from queries import catalog, measure, readable, warehouse
from tests.dashboard.conftest import open_page  # noqa: F401 (a fixture)
from tests.live.player import Player, hour_of, text
from tests.rows import at

pytestmark = pytest.mark.live

EVER = (date(2000, 1, 1), date(2100, 1, 1))


@pytest.fixture(autouse=True)
def short_scoreboard(monkeypatch):
    monkeypatch.setattr(publish, "SCOREBOARD_WEEKS", 2)


def now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


class Shop:
    """People at work in Odoo, by the real clock."""

    def __init__(self, odoo):
        self.player = Player(odoo, hour_of(datetime(2026, 11, 1)))

    def call(self, model, method, *arguments, user="admin", **context):
        return self.player.call(user, model, method, *arguments, context=context or None)

    def new(self, model, values, user="admin", **context) -> int:
        made = self.call(model, "create", values, user=user, **context)
        return made[0] if isinstance(made, list) else made

    def product(self, name, **values) -> int:
        template = self.new("product.template", {"name": name, "is_storable": True} | values)
        return self.call("product.product", "search", [("product_tmpl_id", "=", template)])[0]

    def bill(self, product, *components) -> int:
        [row] = self.call("product.product", "read", [product], ["product_tmpl_id"])
        lines = [(0, 0, {"product_id": component, "product_qty": 1}) for component in components]
        [center] = self.call("mrp.workcenter", "search", [])[:1]
        work = [(0, 0, {"name": "Assemble", "workcenter_id": center})]
        values = {"product_tmpl_id": row["product_tmpl_id"][0], "bom_line_ids": lines, "operation_ids": work}
        return self.new("mrp.bom", values)

    def order(self, product, bill, start) -> int:
        return self.new("mrp.production", {"product_id": product, "bom_id": bill, "date_start": text(start)})

    def plan(self, order, start, user="admin") -> None:
        self.call("mrp.production", "write", [order], {"date_start": text(start)}, user=user)

    def planned(self, order) -> tuple[datetime, datetime]:
        """Start and finish as Odoo has them now."""
        [row] = self.call("mrp.production", "read", [order], ["date_start", "date_finished"])
        return at(row["date_start"]), at(row["date_finished"])

    def begin(self, order) -> None:
        """Only a work order writes the actual start over the plan."""
        self.on_work(order, "button_start")

    def on_work(self, order, method) -> None:
        self.call("mrp.workorder", method, self.call("mrp.workorder", "search", [("production_id", "=", order)]))

    def finish(self, order) -> None:
        self.on_work(order, "button_finish")
        self.call("mrp.production", "write", [order], {"qty_producing": 1.0})
        for move in self.call("stock.move", "search", [("raw_material_production_id", "=", order)]):
            self.call("stock.move", "write", [move], {"quantity": 1.0, "picked": True})
        self.call("mrp.production", "button_mark_done", [order], skip_backorder=True, skip_consumption=True)

    def arrive(self, product, location) -> None:
        values = {"product_id": product, "location_id": location, "inventory_quantity": 5}
        quant = self.new("stock.quant", values, inventory_mode=True)
        self.call("stock.quant", "action_apply_inventory", [quant], inventory_mode=True)


@pytest.fixture
def shop(odoo, truth):
    shop = Shop(odoo)
    yield shop
    shop.player.close()


def rows(folder, statement) -> list[dict]:
    return warehouse.open(warehouse=folder).cursor().sql(statement).to_arrow_table().to_pylist()


def test_a_plan_changed_twice_before_the_start_is_known_with_both_changes(shop, login, open_page, tmp_path):  # noqa: F811
    """Odoo 19 writes the actual start over the plan: only what refreshes saw in between is known."""
    wheel = shop.product("Wheel")
    promised = now() - timedelta(days=3)
    order = shop.order(wheel, shop.bill(wheel, shop.product("Spoke")), promised)
    login.refresh(tmp_path)
    shop.call("mrp.production", "action_confirm", [order])
    plans = [shop.planned(order)]
    asked = [login.refresh(tmp_path, only=("open",)).as_of]
    for start, user in ((promised + timedelta(days=2), "admin"), (now() + timedelta(hours=1), "planner")):
        shop.plan(order, start, user)
        plans.append(shop.planned(order))
        asked.append(login.refresh(tmp_path, only=("open",)).as_of)
    shop.begin(order)
    shop.finish(order)
    assert shop.planned(order)[0] not in [start for start, _ in plans], "Odoo keeps the plan: nothing is to be proven"
    done = login.refresh(tmp_path).as_of
    found = rows(tmp_path, f"select * from fct_plan where record_id = {order} order by plan_number")
    assert [(row["planned_start_at"], row["planned_finish_at"]) for row in found] == plans
    assert [row["quality"] for row in found] == ["exact", "seen", "seen"]
    assert [row["changed_by"] for row in found[1:]] == ["Mitchell Admin", "Paul Planner"]
    assert {row["changed_by_confidence"] for row in found} == {"C"}
    for row, before, after in zip(found[1:], asked, asked[1:], strict=False):
        assert row["changed_after_at"] <= before < row["changed_at"] == after
    for kpi, planned in (("start_adherence", plans[0][0]), ("completion_adherence", plans[0][1])):
        [row] = kpi_rows(tmp_path, kpi, order)
        assert row["planned_at"] == planned and row["due_at"] == planned + timedelta(hours=8)
        assert row["is_good"] is False and row["replan_count"] == 2  # against the last plan it would be early
        assert timedelta(days=2) < timedelta(seconds=row["late_seconds"]) < timedelta(days=4) and row["due_at"] < done
        check_everywhere(login, open_page, tmp_path, kpi, order, row)


def kpi_rows(folder, kpi, order) -> list[dict]:
    opened = warehouse.open(warehouse=folder)
    found = measure.rows(opened, catalog.load()[kpi], *EVER).to_pylist()
    return [row for row in found if row["record_id"] == order and row["record_model"] == "mrp.production"]


def check_everywhere(login, show, folder, kpi, order, row) -> None:
    """The row is in the command line's rows, and number and page say of how many orders the plan was known."""
    said = login.run(folder, "queries", "rows", kpi, "--from", "2000-01-01", "--json")
    [shown] = [one for one in json.loads(said.stdout) if one["record_id"] == order]
    assert shown["planned_at"] == str(row["planned_at"]) and shown["is_good"] is False
    said = login.run(folder, "queries", "kpi", kpi, "--from", "2000-01-01", "--json")
    whole = next(line for line in json.loads(said.stdout) if line["plant"] is None)
    assert whole["n_unmeasured"] > 0 and whole["coverage"] == whole["n"] / (whole["n"] + whole["n_unmeasured"])
    tile = measure.scoreboard(warehouse.open(warehouse=folder), kpi).to_pylist()[0]
    page = show("kpi", warehouse=folder, kpi=kpi)
    assert (readable.measured(tile["value"], "share") if tile["value"] is not None else tile["reason"]) in page.text
    assert f"plan known for {int(100 * measure.coverage(tile['n'], tile['n_unmeasured']))} %" in page.text


def test_with_the_audit_log_a_change_of_plan_is_exact_however_rare_the_refreshes(shop, login, odoo, tmp_path):
    [model] = shop.call("ir.model", "search", [("model", "=", "mrp.production")])
    rule = shop.new("auditlog.rule", {"name": "plans", "model_id": model, "log_write": True, "log_create": True})
    shop.call("auditlog.rule", "set_to_confirmed", [rule])
    try:
        wheel = shop.product("Audited wheel")
        promised = now() - timedelta(days=3)
        order = shop.order(wheel, shop.bill(wheel, shop.product("Audited spoke")), promised)
        shop.call("mrp.production", "action_confirm", [order])
        plans = [shop.planned(order)]
        for start, user in ((promised + timedelta(days=2), "admin"), (now() + timedelta(hours=1), "planner")):
            time.sleep(1.1)  # over RPC Odoo tells whole seconds
            shop.plan(order, start, user)
            plans.append(shop.planned(order))
        time.sleep(1.1)
        shop.begin(order)
        shop.finish(order)
    finally:
        shop.call("auditlog.rule", "set_to_draft", [rule])
    login.refresh(tmp_path)
    found = rows(tmp_path, f"select * from fct_plan where record_id = {order} order by plan_number")
    assert [(row["planned_start_at"], row["planned_finish_at"]) for row in found] == plans
    assert [(row["changed_by"], row["changed_by_confidence"], row["quality"]) for row in found[1:]] == [
        ("Mitchell Admin", "A", "exact"),
        ("Paul Planner", "A", "exact"),
    ]
    with psycopg.connect(odoo["PG_DSN"]) as pg:
        logged = pg.execute(
            """select date_trunc('second', log.create_date) from auditlog_log as log
                inner join auditlog_log_line as line on line.log_id = log.id
                inner join ir_model_fields as field on field.id = line.field_id
                where log.res_id = %s and log.model_id = %s and field.name = 'date_start' and log.method = 'write'
                order by log.id""",
            [order, model],
        ).fetchall()
    assert [row["changed_at"] for row in found[1:]] == [moment for (moment,) in logged][:2]
    [row] = kpi_rows(tmp_path, "start_adherence", order)
    assert (row["planned_at"], row["is_good"], row["plan_quality"]) == (plans[0][0], False, "exact")


def test_what_a_short_order_waits_for_and_its_forecast_are_kept(shop, login, tmp_path):
    frame, tube, bolt = (shop.product(name) for name in ("Short frame", "Short tube", "Short bolt"))
    order = shop.order(frame, shop.bill(frame, tube, bolt), now() + timedelta(days=1))
    shop.call("mrp.production", "action_confirm", [order])
    shop.call("mrp.production", "action_assign", [order])
    login.refresh(tmp_path)
    [place] = shop.call("mrp.production", "read", [order], ["location_src_id"])
    vendor = shop.new("res.partner", {"name": "Short vendor"})
    due = (now() + timedelta(days=5)).replace(second=0)
    line = {"product_id": tube, "product_qty": 5, "price_unit": 1, "date_planned": text(due)}
    purchase = shop.new("purchase.order", {"partner_id": vendor, "order_line": [(0, 0, line)]})
    shop.call("purchase.order", "button_confirm", [purchase])
    login.refresh(tmp_path, only=("open",))
    waiting = f"select * from fct_component_shortage where record_id = {order} order by move_id, seen_from_at"
    found = rows(tmp_path, waiting)
    assert [(row["component"], row["forecast_at"], row["seen_to_at"] is None) for row in found] == [
        ("Short tube", None, False),
        ("Short tube", due, True),
        ("Short bolt", None, True),
    ]
    assert {row["missing_quantity"] for row in found} == {1.0}
    listed = {
        row["component"]: row["forecast_at"]
        for row in warehouse.read(warehouse.open(warehouse=tmp_path), "short_component").to_pylist()
        if row["record_id"] == order
    }
    assert listed == {"Short bolt": None, "Short tube": due}
    for product in (tube, bolt):
        shop.arrive(product, place["location_src_id"][0])
    shop.call("mrp.production", "action_assign", [order])
    login.refresh(tmp_path, only=("open",))
    found = rows(tmp_path, waiting)
    assert len(found) == 3 and not [row for row in found if row["seen_to_at"] is None]
    availability = f"""select components_availability, state from stg_mrp_production_history
        where id = {order} order by valid_from"""
    history = query(tmp_path, availability)
    assert history[0][0] in ("late", "unavailable") and history[-1][0] is None


def query(folder, statement) -> list[tuple]:
    import duckdb

    with duckdb.connect(str(folder / "work.duckdb"), read_only=True) as con:
        return con.execute(statement).fetchall()


def test_runs_and_failures_of_a_scheduled_action_are_kept(shop, login, odoo, tmp_path):
    """Odoo writes them over in SQL, without a write date; here the test does as its scheduler does."""
    [cron] = shop.call("ir.cron", "search", [("active", "=", True)])[:1]
    failing = f"select * from fct_exception where exception = 'failing_scheduled_action' and record_id = {cron}"
    login.refresh(tmp_path)
    moment = now()
    with psycopg.connect(odoo["PG_DSN"], autocommit=True) as pg:
        [before] = pg.execute(
            "select lastcall, nextcall, failure_count, first_failure_date, active from ir_cron where id = %s", [cron]
        ).fetchall()
        try:
            steps = [(2, moment, True), (5, moment, True), (0, None, False)]
            for number, (failures, since, active) in enumerate(steps, start=1):
                pg.execute(
                    """update ir_cron set lastcall = %s, failure_count = %s, first_failure_date = %s, active = %s
                        where id = %s""",
                    [moment + timedelta(minutes=number), failures, since, active, cron],
                )
                login.refresh(tmp_path, only=("open",))
                if active:
                    [row] = rows(tmp_path, failing)
                    assert row["since_at"] == moment
            [row] = rows(tmp_path, f"select * from fct_cron_health where record_id = {cron}")
        finally:
            pg.execute(
                """update ir_cron set lastcall = %s, nextcall = %s, failure_count = %s, first_failure_date = %s,
                    active = %s where id = %s""",
                [*before, cron],
            )
    assert (row["seen_run_count"], row["seen_failure_count"], row["failure_count"]) == (3, 5, 0)
    assert not row["is_active"] and row["deactivated_after_at"] < row["deactivated_at"]
    assert len(rows(tmp_path, failing)) == 1  # switched off after it had failed


def test_a_rule_created_switched_off_and_on_again_is_a_change_each_time(shop, login, odoo, tmp_path):
    """Only the creation has a date in Odoo; each switch lies between the refreshes around it."""

    def in_odoo(rule) -> bool:
        [row] = shop.call("base.automation", "read", [rule], ["active"])
        return row["active"]

    asked = [login.refresh(tmp_path).as_of]
    known = {row["marker"] for row in rows(tmp_path, "select marker from fct_change_marker")}
    [model] = shop.call("ir.model", "search", [("model", "=", "mrp.production")])
    time.sleep(1.1)
    created_after = now()
    rule = shop.new("base.automation", {"name": "Release at once", "model_id": model, "trigger": "on_create_or_write"})
    switches = []
    for active in (None, False, True):
        if active is not None:
            time.sleep(1.1)
            shop.call("base.automation", "write", [rule], {"active": active})
            switches.append(now())
        assert in_odoo(rule) is (active is not False)
        asked.append(login.refresh(tmp_path).as_of)
        time.sleep(1.1)
    found = [
        row
        for row in rows(tmp_path, "select * from fct_change_marker order by changed_at, plant")
        if row["marker"] not in known
    ]
    plants = {row["plant"] for row in rows(tmp_path, "select plant from dim_plant")}
    assert len(found) == 3 * len(plants) and {row["plant"] for row in found} == plants
    created, off, on = found[:: len(plants)]
    assert [row["kind"] for row in (created, off, on)] == ["rule created", "rule switched off", "rule switched on"]
    assert {(row["record_model"], row["record_id"], row["name"], *row["models"]) for row in found} == {
        ("base.automation", rule, "Release at once", "mrp.production")
    }
    with psycopg.connect(odoo["PG_DSN"]) as pg:
        [(exact,)] = pg.execute(
            "select date_trunc('second', create_date) from base_automation where id = %s", [rule]
        ).fetchall()
    assert created["after_at"] == created["changed_at"] == exact and created["time_quality"] == "exact"
    assert created_after <= exact <= asked[1]
    for row, moment, before, after in ((off, switches[0], *asked[1:3]), (on, switches[1], *asked[2:4])):
        assert before - timedelta(seconds=60) <= row["after_at"] <= moment <= row["changed_at"] == after
        assert row["time_quality"] == "snapshot"
    listed = json.loads(login.run(tmp_path, "queries", "effects", "release_lead_time", "--json").stdout)
    mine = [row for row in listed if row["record_id"] == rule]
    assert {row["name"] for row in mine} == {"Release at once"}
    assert {row["record_url"] for row in mine} == {f"{odoo['ODOO_URL']}/odoo/base.automation/{rule}"}
    assert all(row["effect"] is None and row["answer"].startswith("cannot be told: ") for row in mine)
    shop.call("base.automation", "unlink", [rule])
    login.refresh(tmp_path)
    [gone] = {
        (row["kind"], row["name"])
        for row in rows(tmp_path, "select * from fct_change_marker where kind = 'rule deleted'")
    }
    assert gone == ("rule deleted", "Release at once")


def test_what_came_with_odoos_modules_is_no_change(shop, login, odoo, tmp_path):
    login.refresh(tmp_path)
    with psycopg.connect(odoo["PG_DSN"]) as pg:
        [(installed,)] = pg.execute("select count(*) from ir_cron where create_uid = 1").fetchall()
        by_people = pg.execute(
            """with made as (
                    select 'ir.cron' as model, id, create_date from ir_cron where create_uid <> 1 and active
                    union all
                    select 'base.automation', id, create_date from base_automation where create_uid <> 1 and active
                ),
                counted as (
                    select *, count(*) over (partition by model, date_trunc('minute', create_date)) as at_once from made
                )
                -- More than three within a minute are one change, that of no single record.
                select distinct model, case when at_once <= 3 then id end from counted"""
        ).fetchall()
    assert installed > 20
    found = rows(tmp_path, "select distinct kind, record_model, record_id from fct_change_marker")
    assert {(row["record_model"], row["record_id"]) for row in found} == set(by_people)
    assert {row["kind"] for row in found} <= {"rule created", "scheduled action created"}
