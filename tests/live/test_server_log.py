"""What only the server's log tells, where it is kept in the database as `--log-db` does: calls of other systems that
failed or may have, and runs of scheduled actions that failed before one that went well."""

from __future__ import annotations

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psycopg
import pytest

from queries import warehouse
from tests.live.conftest import server

pytestmark = pytest.mark.live

SCRIPT = """
import logging
import time
from odoo import netsvc, tools

tools.config["log_db"] = env.cr.dbname
handler = netsvc.PostgreSQLHandler()
handler.setLevel(logging.WARNING)
logging.getLogger().addHandler(handler)
partner = env["res.partner"].create({"name": "Hub"})
model = env["ir.model"]._get("res.partner")


def call(path):
    action = {"name": "Tell the hub", "model_id": model.id, "state": "webhook", "webhook_url": f"http://127.0.0.1:%s{path}"}
    env["ir.actions.server"].create(action).with_context(active_id=partner.id, active_model="res.partner").run()


for path in ("/good", "/missing", "/slow"):
    call(path)
    env.cr.commit()
call("/good")
env.cr.rollback()
action = {"name": "Tell the hub", "model_id": model.id, "state": "webhook", "webhook_url": "http://127.0.0.1:9/closed"}
env["ir.actions.server"].create(action).with_context(active_id=partner.id, active_model="res.partner").run()
env.cr.commit()
code = "if not model.search_count([('name', '=', 'Hub is back')]): raise UserError('not yet')"
cron = {"name": "Ask the hub", "model_id": model.id, "state": "code", "code": code, "user_id": 1}
cron = env["ir.cron"].create(cron | {"interval_number": 1, "interval_type": "weeks"})
env.cr.commit()
cron.method_direct_trigger()
env.cr.commit()
time.sleep(1.1)  # over RPC moments are cut to seconds
partner.name = "Hub is back"
env.cr.commit()
cron.method_direct_trigger()
env.cr.commit()
print("all is told")
"""
FORGET = """
delete from ir_logging where id > %(log)s;
delete from ir_cron where ir_actions_server_id in (select id from ir_act_server where id > %(action)s);
delete from ir_act_server where id > %(action)s;
delete from res_partner where id > %(partner)s;
"""


class Hub(BaseHTTPRequestHandler):
    """The other system."""

    def do_POST(self):
        if self.path == "/slow":
            time.sleep(1.5)
        self.send_response(404 if self.path == "/missing" else 200)
        self.end_headers()

    def log_message(self, *arguments):
        pass


@pytest.fixture
def hub():
    serving = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=serving.serve_forever, daemon=True).start()
    yield serving.server_address[1]
    serving.shutdown()
    serving.server_close()


@pytest.fixture
def logged(odoo, truth, hub):
    """What the script leaves in Odoo, until the test is over."""
    with psycopg.connect(odoo["PG_DSN"], autocommit=True) as pg:
        last = {
            name: pg.execute(f"select coalesce(max(id), 0) from {table}").fetchone()[0]
            for name, table in (("log", "ir_logging"), ("action", "ir_act_server"), ("partner", "res_partner"))
        }
        said = server("shell", SCRIPT % hub)
        assert said.returncode == 0 and "all is told" in said.stdout, said.stdout + said.stderr
        yield
        for statement in FORGET.split(";\n")[:-1]:
            pg.execute(statement, {name: value for name, value in last.items() if f"%({name})s" in statement})


def test_what_the_servers_log_tells(logged, login, tmp_path):
    login.refresh(tmp_path)
    found = warehouse.open(warehouse=tmp_path).cursor()
    calls = found.sql(
        """select status, failure_class, error_code, flow_name from fct_integration_event
            where source = 'webhook_out' order by record_id"""
    ).fetchall()
    assert calls == [
        ("failed", "technical", "404", "webhook to 127.0.0.1"),
        ("unknown", "delivery_unknown", "timeout", "webhook to another system"),
        ("cancelled", None, None, "webhook to 127.0.0.1"),
        ("failed", "technical", "NewConnectionError", "webhook to 127.0.0.1"),
    ]
    runs = found.sql(
        """select status, error_code, error_text from fct_integration_event
            where source = 'cron' and flow_name = 'Ask the hub' order by started_at"""
    ).fetchall()
    assert runs == [
        ("failed", "odoo.exceptions.UserError", "odoo.exceptions.UserError: not yet"),
        ("success", None, None),
    ]
    [(state,)] = found.sql("select state from fct_automation where name = 'Ask the hub'").fetchall()
    assert state == "works"
    unknown = found.sql(
        "select distinct state, unknown_because from fct_automation where kind = 'outgoing webhook'"
    ).fetchall()
    assert unknown == [("unknown", "Odoo keeps nothing of the calls it makes")]
