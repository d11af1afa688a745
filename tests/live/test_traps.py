"""Traps of a busy Odoo that lose or double records: each caught by the next refresh."""

from __future__ import annotations

import shutil
import threading
import time

import duckdb
import psycopg
import pytest

from etl.odoo import connect
from etl.refresh import logins
from etl.source import discover
from queries import config, warehouse
from tests.live.conftest import environment
from tests.live.player import Player, hour_of

pytestmark = pytest.mark.live


@pytest.fixture
def pg(odoo):
    with psycopg.connect(odoo["PG_DSN"], autocommit=True) as connection:
        yield connection


@pytest.fixture
def people(odoo):
    """People who work in Odoo: people.call(user, model, method, ...)."""
    from datetime import datetime

    player = Player(odoo, hour_of(datetime(2026, 11, 1)))
    yield player
    player.close()


@pytest.fixture
def reader(login):
    with environment(login.environment):
        return connect(logins(config.load())[0])


@pytest.fixture(scope="module")
def read_once(login, truth, tmp_path_factory):
    """A warehouse that has read everything once."""
    folder = tmp_path_factory.mktemp("read_once")
    login.refresh(folder)
    return folder


@pytest.fixture
def folder(read_once, tmp_path):
    """Its copy, which only the trap of one test changes."""
    return shutil.copytree(read_once, tmp_path, dirs_exist_ok=True)


def query(folder, sql) -> list:
    con = duckdb.connect(str(folder / "work.duckdb"), read_only=True)
    try:
        return con.execute(sql).fetchall()
    finally:
        con.close()


def made(people, model, values) -> int:
    created = people.call("admin", model, "create", values)
    return created[0] if isinstance(created, list) else created


def a_draft(reader) -> dict:
    return reader.rows("mrp.production", [("state", "=", "draft")], ["product_id"])[0]


def counts_equal(folder, reader) -> None:
    """0 missed, 0 doubled."""
    for name in ("mrp_production", "stock_move", "purchase_order", "tier_review", "res_partner", "mail_message"):
        source = discover()[name]
        from etl.resolve import domain_of
        from etl.source import tracked_models

        domain = domain_of(source, tracked_models(discover().values()))
        [(rows, ids)] = query(folder, f"select count(*), count(distinct id) from stg_{name}")
        assert (rows, ids) == (reader.count(source.model, domain),) * 2, name


NEW_CATEGORY = """insert into product_category (name, complete_name, create_date, write_date)
    values (%s, %s, now() at time zone 'utc', now() at time zone 'utc')"""


def test_a_transaction_that_commits_after_the_run_is_read_by_the_next(login, folder, pg, odoo, reader):
    """write_date and id are those of the transaction's start: both lie below what the run in between has seen."""
    [(order,)] = pg.execute("select max(id) from purchase_order where state = 'purchase'").fetchall()
    started, may_commit = threading.Event(), threading.Event()

    def slow():
        with psycopg.connect(odoo["PG_DSN"]) as connection:
            connection.execute(
                "update purchase_order set write_date = now() at time zone 'utc', origin = 'slow' where id = %s",
                [order],
            )
            connection.execute(NEW_CATEGORY, ["Late", "All / Late"])
            started.set()
            may_commit.wait(120)

    thread = threading.Thread(target=slow)
    thread.start()
    assert started.wait(30)
    pg.execute(NEW_CATEGORY, ["Quick", "All / Quick"])
    login.refresh(folder)
    categories = "select name from stg_product_category where name in ('Late', 'Quick') order by name"
    assert query(folder, categories) == [("Quick",)]
    may_commit.set()
    thread.join()
    login.refresh(folder)
    assert query(folder, categories) == [("Late",), ("Quick",)]
    assert query(folder, f"select origin from stg_purchase_order where id = {order}") == [("slow",)]
    pg.execute("delete from product_category where name in ('Late', 'Quick')")
    pg.execute("update purchase_order set origin = null where id = %s", [order])
    login.refresh(folder)
    counts_equal(folder, reader)


def test_an_open_row_whose_write_date_does_not_move_is_read_again(login, folder, pg):
    [(order,)] = pg.execute("select min(id) from mrp_production where state = 'confirmed'").fetchall()
    pg.execute("update mrp_production set origin = 'raw sql' where id = %s", [order])
    login.refresh(folder)
    assert query(folder, f"select origin from stg_mrp_production where id = {order}") == [("raw sql",)]
    pg.execute("update mrp_production set origin = null where id = %s", [order])


def test_a_link_that_no_write_date_moves_for_is_read_again(login, folder, pg):
    [(origin, target)] = pg.execute(
        """select a.id, b.id from stock_move a, stock_move b
           where a.raw_material_production_id is not null and b.raw_material_production_id is not null
             and a.state in ('confirmed', 'assigned') and a.id < b.id and a.company_id = b.company_id limit 1"""
    ).fetchall()
    pg.execute("insert into stock_move_move_rel (move_orig_id, move_dest_id) values (%s, %s)", [origin, target])
    login.refresh(folder)
    assert query(folder, f"select destination_move_ids from stg_stock_move where id = {origin}") == [([target],)]
    pg.execute("delete from stock_move_move_rel where move_orig_id = %s and move_dest_id = %s", [origin, target])


def test_archived_rows_and_all_companies_are_read(folder, pg):
    [(archived,)] = pg.execute("select count(*) from res_partner where not active").fetchall()
    assert query(folder, "select count(*) from stg_res_partner where not active") == [(archived,)] != [(0,)]
    companies = {row[0] for row in query(folder, "select distinct company_id from stg_mrp_production")}
    assert len(companies) >= 2


def test_a_deleted_order_keeps_its_past(login, folder, people, reader):
    order = made(people, "mrp.production", {"product_id": a_draft(reader)["product_id"], "product_qty": 1})
    login.refresh(folder)
    messages = query(folder, f"select count(*) from stg_mail_message where document_id = {order}")[0][0]
    people.call("admin", "mrp.production", "unlink", [order])
    login.refresh(folder)
    counts_equal(folder, reader)
    assert query(folder, f"select gone_by from stg_mrp_production_last where id = {order}") == [("deleted",)]
    assert query(folder, f"select count(*) from stg_mail_message_last where document_id = {order}") == [(messages,)]
    published = duckdb.connect(str(folder / (folder / "CURRENT").read_text()), read_only=True)
    found = published.execute(
        f"select state, outcome, is_open from fct_case where record_model = 'mrp.production' and record_id = {order}"
    ).fetchall()
    assert found == [("deleted", "deleted", False)]


def test_rows_hidden_by_a_record_rule_are_told_from_deleted_ones(login, folder, pg, odoo, reader):
    """The rule comes through Odoo itself; the administrator of the flows is subject to it as anybody."""
    from datetime import datetime

    player = Player(odoo, hour_of(datetime(2026, 11, 1)))
    [(order,)] = pg.execute("select max(id) from mrp_production where state = 'done'").fetchall()
    [(model,)] = pg.execute("select id from ir_model where model = 'mrp.production'").fetchall()
    rule = made(player, "ir.rule", {"name": "hide one", "model_id": model, "domain_force": f"[('id', '!=', {order})]"})
    try:
        login.refresh(folder)
        assert query(folder, f"select gone_by from stg_mrp_production_last where id = {order}") == [("hidden",)]
        published = duckdb.connect(str(folder / (folder / "CURRENT").read_text()), read_only=True)
        assert published.execute("select failed_count from check_result where name = 'record_hidden'").fetchall() == [
            (1,)
        ]
        assert published.execute(
            f"select count(*) from fct_production_order where record_id = {order} and state = 'done'"
        ).fetchall() == [(1,)]
    finally:
        player.call("admin", "ir.rule", "unlink", [rule])
        player.close()
    login.refresh(folder)
    assert query(folder, f"select gone_by from stg_mrp_production_last where id = {order}") == [(None,)]
    counts_equal(folder, reader)


def test_restarted_reviews_are_withdrawn_not_forgotten(login, folder, people, pg):
    [(order,)] = pg.execute(
        "select max(res_id) from tier_review where model = 'purchase.order' and status in ('pending', 'waiting')"
    ).fetchall()
    reviews = query(folder, f"select id from stg_tier_review where document_id = {order} and status <> 'approved'")
    people.call("admin", "purchase.order", "restart_validation", [order])
    login.refresh(folder)
    published = duckdb.connect(str(folder / (folder / "CURRENT").read_text()), read_only=True)
    found = published.execute(
        f"select count(*) filter (where outcome = 'withdrawn'), count(*) filter (where outcome = 'open') "
        f"from fct_approval where record_id = {order} and record_model = 'purchase.order'"
    ).fetchall()
    assert found == [(len(reviews), 0)]


def test_a_change_of_one_second_is_never_missed(login, folder, people, reader):
    order = a_draft(reader)["id"]
    for text in ("first", "second"):
        people.call("admin", "mrp.production", "write", [order], {"origin": text})
        login.refresh(folder)
        time.sleep(0.1)
        assert query(folder, f"select origin from stg_mrp_production where id = {order}") == [(text,)]
    history = query(folder, f"select origin from stg_mrp_production_history where id = {order} order by valid_from")
    assert history[-2:] == [("first",), ("second",)]
    people.call("admin", "mrp.production", "write", [order], {"origin": False})


def test_the_hourly_look_reads_open_orders_and_news_only(login, folder, people, reader):
    order = a_draft(reader)["id"]
    people.call("admin", "mrp.production", "write", [order], {"origin": "hourly"})
    outcome = login.refresh(folder, only=("open",))
    read = {item.source: item.read for item in outcome.loaded}
    assert query(folder, f"select origin from stg_mrp_production where id = {order}") == [("hourly",)]
    assert "res_partner" not in read and "product_product" not in read
    assert outcome.version == (folder / "CURRENT").read_text()
    people.call("admin", "mrp.production", "write", [order], {"origin": False})
    login.refresh(folder)
    counts_equal(folder, reader)


def test_a_right_that_was_taken_away_is_told_and_hides_nothing_of_the_past(login, folder, people, pg):
    """A quiet night asks for no rights: it meets them where it reads."""
    rights = [
        id
        for (id,) in pg.execute(
            """select right_.id from ir_model_access as right_ join ir_model on ir_model.id = right_.model_id
               where ir_model.model = 'qc.inspection' and right_.perm_read and right_.active"""
        ).fetchall()
    ]
    [(before,)] = query(folder, "select count(*) from stg_qc_inspection")
    state = "select refused, absent from source_state where source = 'qc_inspection'"
    people.call("admin", "ir.model.access", "write", rights, {"perm_read": False})
    try:
        login.refresh(folder)
        assert query(folder, state) == [(True, False)]
        assert query(folder, "select count(*) from stg_qc_inspection") == [(before,)]
    finally:
        people.call("admin", "ir.model.access", "write", rights, {"perm_read": True})
    outcome = login.refresh(folder)
    assert query(folder, state) == [(False, False)]
    assert before and [item.row_count for item in outcome.loaded if item.source == "qc_inspection"] == [before]


def test_a_sample_keeps_a_failure_that_a_success_wipes_out_before_the_next_refresh(login, folder, people, pg):
    """Odoo counts a scheduled action's failures in a row, and forgets them with its next success."""
    [(model,)] = pg.execute("select id from ir_model where model = 'res.partner'").fetchall()

    def failing(name: str) -> int:
        values = {"name": name, "model_id": model, "state": "code", "code": "raise UserError('not yet')"}
        cron = made(people, "ir.cron", values | {"user_id": 1, "interval_number": 1, "interval_type": "weeks"})
        people.call("admin", "ir.cron", "method_direct_trigger", [cron])
        return cron

    def recovers(cron: int) -> None:
        people.call("admin", "ir.cron", "write", [cron], {"code": "model.search_count([])"})
        people.call("admin", "ir.cron", "method_direct_trigger", [cron])

    seen, unseen = failing("Seen by a sample"), 0
    try:
        sampled = login.run(folder, "etl", "sample")
        assert sampled.returncode == 0, sampled.stderr
        unseen = failing("Seen by nobody")
        time.sleep(6)  # runs less than five seconds apart are not told apart
        recovers(seen)
        recovers(unseen)
        login.refresh(folder, only=("integrations",))
        told = warehouse.open(warehouse=folder).cursor().execute(
            """select record_id, status from fct_integration_event
               where source = 'cron' and record_id in ($seen, $unseen) order by record_id, started_at, event_key""",
            {"seen": seen, "unseen": unseen},
        )  # fmt: skip
        assert told.fetchall() == [(seen, "failed"), (seen, "success"), (unseen, "success"), (unseen, "success")]
    finally:
        people.call("admin", "ir.cron", "unlink", [cron for cron in (seen, unseen) if cron])
        login.refresh(folder)
