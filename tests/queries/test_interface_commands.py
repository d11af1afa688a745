"""How interfaces are and where a transaction went: the lists, and the commands that print them."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from queries.__main__ import app
from queries.config import Config, Interface
from tests.conftest import Chatter
from tests.marts.test_fct_integration_event import SUBTYPES, failed, job
from tests.rows import at, transfer
from tests.runs import integrated, retry, run

T = "2026-03-02"
PICKING = {"odoo_model": "stock.picking", "odoo_res_id": 1}


@pytest.fixture(scope="module")
def built(build):
    """A delivery: done in Odoo, handed to n8n by a job, refused by the carrier, tried again, confirmed by the carrier's
    own system; a run for another delivery, and one that has to do with neither."""
    chatter = Chatter().say(f"{T} 08:00", "stock.picking", 1, state=("Ready", "Done"))
    from_job = {"source": "queue_job", "instance": "test", "record_model": "queue.job", "flow_name": "Announce"}
    return integrated(
        build,
        run(1, f"{T} 08:00:01", event_key="queue_job:test:q-1", root_key="queue_job:test:q-1", correlation_id="q-1",
            flow_key="announce", **from_job, **PICKING),
        run(2, f"{T} 08:00:20", "failed", correlation_id="q-1", error_node="Carrier"),
        retry(3, 2, f"{T} 08:30", correlation_id=None),
        run(4, f"{T} 08:40", event_key="inbox:carrier:4", root_key="inbox:carrier:4", parent_key="n8n:prod:3",
            source="inbox", instance="carrier", flow_key="in", flow_name="Label printed"),
        run(5, f"{T} 08:00", odoo_model="stock.picking", odoo_res_id=2),
        run(6, f"{T} 08:00"),
        config=Config(interfaces=(Interface("Ghost", "mes", plant="South/WH"),)),
        stock_picking=[transfer(1, created_at=at(f"{T} 07:00"), done_at=at(f"{T} 08:00"), state="done"), transfer(2)],
        **chatter.records,
    )  # fmt: skip


def trace(built, **asked) -> list[dict]:
    return built.listing("trace", **{"key": None, "model": None, "id": None, "instance": None} | asked)


def steps(rows: list[dict]) -> list[tuple]:
    return [(f"{row['event_at']:%H:%M:%S}", row["source"] or row["record_model"], row["activity"]) for row in rows]


PATH = [
    ("07:00:00", "stock.picking", "created"),
    ("07:00:00", "stock.picking", "ready"),
    ("08:00:00", "stock.picking", "done"),
    ("08:00:01", "queue_job", "accepted"),
    ("08:00:11", "queue_job", "begun"),
    ("08:00:20", "n8n", "accepted"),
    ("08:00:30", "n8n", "begun"),
    ("08:01:11", "queue_job", "success"),
    ("08:01:30", "n8n", "failed"),
    ("08:30:00", "n8n", "accepted"),
    ("08:30:10", "n8n", "begun"),
    ("08:31:10", "n8n", "success"),
    ("08:40:00", "inbox", "accepted"),
    ("08:40:10", "inbox", "begun"),
    ("08:41:10", "inbox", "success"),
]


@pytest.mark.parametrize(
    "asked",
    [
        {"model": "stock.picking", "id": 1},
        {"model": "stock.picking", "id": 1, "instance": "test"},
        {"key": "q-1"},
        {"key": "inbox:carrier:4"},
    ],
)
def test_the_whole_path_wherever_one_begins(built, asked):
    rows = trace(built, **asked)
    assert steps(rows) == PATH
    assert rows[3]["gap_seconds"] == 1 and rows[0]["gap_seconds"] is None
    assert rows[8]["detail"] == "Carrier" and rows[1]["record_url"] == "http://odoo.test/odoo/stock.picking/1"


def test_what_has_nothing_to_do_with_it_is_not_there(built):
    assert trace(built, model="stock.picking", id=1, instance="another") == []
    assert trace(built, key="q-2") == [] and trace(built, model="stock.picking", id=99) == []
    alone = trace(built, key="n8n:prod:6")
    assert {row["event_key"] for row in alone} == {"n8n:prod:6"}


def test_the_worst_interface_comes_first(built):
    rows = built.listing("interface", plant=None)
    assert {row["interface"]: row["state"] for row in rows} == {
        "Carrier labels": "up",
        "Announce": "up",
        "Label printed": "up",
        "Ghost": "unknown",
    }
    assert rows[0]["interface"] == "Ghost" and rows[0]["as_of"] == built.as_of
    assert [row["interface"] for row in built.listing("interface", plant="South/WH")] == ["Ghost"]


def test_its_runs_and_hours(built):
    rows = built.listing("interface_run", interface="n8n:prod:wf1@Nord/WH")
    assert [row["transaction_key"] for row in rows] == ["n8n:prod:2", "n8n:prod:5", "n8n:prod:6"]
    assert (rows[0]["status"], rows[0]["attempts"], rows[0]["error_node"]) == ("success", 2, "Carrier")
    [job_run] = built.listing("interface_run", interface="queue_job:test:announce@Nord/WH")
    assert job_run["record_url"] == "http://odoo.test/odoo/queue.job/1"
    hours = built.listing("interface_hour", plant=None)
    assert {(row["interface"], row["hour_at"].hour): (row["run_count"], row["failure_count"]) for row in hours} == {
        ("Announce", 8): (1, 0),
        ("Carrier labels", 8): (3, 1),
        ("Label printed", 8): (1, 0),
    }
    assert built.listing("interface_hour", plant="South/WH") == []


TOML = """
    [[interface]]
    name = "Carriers"
    source = "queue_job"
    flow = "stock.picking.*"
    owner = "Head of logistics"
    latency = "1 h"
"""


@pytest.fixture(scope="module")
def call(publish):
    day = {"created": "19 08:00", "started": "19 08:01"}
    folder = publish(
        TOML,
        at("2026-01-20 12:00"),
        queue_job=[
            job(1, "done", done="19 08:02", **day),
            job(2, "failed", **day, company_id=1),
            job(3, "done", done="19 08:02", **day, document_model="sale.order"),
        ],
        mail_message=[failed(1, 2, "19 08:02")],
        mail_message_subtype=SUBTYPES,
        stock_picking=[transfer(7, name="WH/OUT/7"), transfer(8, name="WH/OUT/8"), transfer(9, name="WH/OUT/8")],
    )

    def invoke(*arguments: str) -> tuple[int, str, str]:
        result = CliRunner().invoke(app, list(arguments), env={"OPS_WAREHOUSE": str(folder), "COLUMNS": "220"})
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result.exit_code, result.stdout, result.stderr

    return invoke


def test_the_command_lists_interfaces(call):
    code, out, _ = call("interfaces")
    lines = out.splitlines()
    assert code == 0 and lines[1].split()[:3] == ["failing", "Carriers", "Nord/WH"]
    assert "Head of logistics" in lines[1] and "the last run failed" in lines[1] and "1 of 1" in lines[1]
    assert "nobody" in next(line for line in lines if "sale.order.send" in line)
    rows = json.loads(call("interfaces", "--json", "--plant", "Nord/WH")[1])
    assert [(row["interface"], row["state"], row["as_of"]) for row in rows] == [
        ("Carriers", "failing", "2026-01-20 12:00:00")
    ]
    code, _, err = call("interfaces", "--plant", "X")
    assert code == 1 and "there is no plant 'X'" in err


def test_the_command_shows_a_path(call):
    code, out, _ = call("trace", "u-2")
    assert code == 0 and [line.split()[-2] for line in out.splitlines()[1:]]
    rows = json.loads(call("trace", "u-2", "--json")[1])
    assert [(row["activity"], row["correlation_id"]) for row in rows] == [
        ("accepted", "u-2"),
        ("begun", "u-2"),
        ("failed", "u-2"),
    ]
    by_record, by_name = (json.loads(call("trace", what, "--json")[1]) for what in ("stock.picking,7", "wh/out/7"))
    assert by_record == by_name and by_name[0]["activity"] == "created"


def test_what_cannot_be_traced_is_said_in_one_sentence(call):
    code, _, err = call("trace", "nothing")
    assert code == 1 and "nothing is known of 'nothing': write a record as stock.picking,101" in err
    code, _, err = call("trace", "WH/OUT/8")
    assert code == 1 and "there are several documents WH/OUT/8: say which, of stock.picking,8, stock.picking,9." in err
