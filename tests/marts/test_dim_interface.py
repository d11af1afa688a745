"""Interfaces: what runs, and who answers for it by ops.toml."""

import pytest

from queries.config import Config, Interface
from tests.marts.test_fct_integration_event import job, run

CONFIG = Config(
    interfaces=(
        Interface("Ghost", "n8n", flow=("Ghost*",), owner="Nobody", plant="Nord/WH"),
        Interface("Carriers in the north", "queue_job", flow=("stock.picking.*",), plant="Nord/WH", owner="Head of IT"),
        Interface("Carriers", "queue_job", "test", ("stock.picking.se?d", "sale.order.*"), latency=900.0),
        Interface("All jobs", "queue_job", owner="Operator"),
        Interface("Elsewhere", "cron", "another", owner="Operator"),
        Interface("Machines", "cron", flow=("scheduled action 9",), plant="South/WH", owner="Foreman"),
    )
)


@pytest.fixture(scope="module")
def built(build):
    jobs = [
        job(1, "done", started="05 08:00", done="05 08:01", company_id=1),
        job(2, "done", started="05 08:00", done="05 08:01", company_id=2),
        job(3, "done", "07 08:00", started="07 08:00", done="07 08:01", company_id=2),
        job(4, "done", started="05 08:00", done="05 08:01", method="print", company_id=2),
    ]
    runs = [run(1, 9, "05:00"), run(2, 8, "05:00")]
    return build(config=CONFIG, queue_job=jobs, ir_cron_progress=runs)


@pytest.fixture(scope="module")
def found(built):
    return {row["interface_key"]: row for row in built.rows("from dim_interface")}


def test_each_flow_belongs_to_the_first_section_that_it_fits(found):
    names = ("interface", "plant", "owner", "latency_seconds", "is_owned", "has_objective", "is_seen")
    assert {key: tuple(row[name] for name in names) for key, row in found.items()} == {
        "queue_job:test:stock.picking.send@Nord/WH": (
            "Carriers in the north", "Nord/WH", "Head of IT", None, True, False, True),
        "queue_job:test:stock.picking.send@South/WH": ("Carriers", "South/WH", None, 900.0, False, True, True),
        "queue_job:test:stock.picking.print@South/WH": ("All jobs", "South/WH", "Operator", None, True, False, True),
        "cron:test:9@South/WH": ("Machines", "South/WH", "Foreman", None, True, False, True),
        "cron:test:8": ("scheduled action 8", None, None, None, False, False, True),
        "ops.toml:1": ("Ghost", "Nord/WH", "Nobody", None, True, False, False),
        "ops.toml:5": ("Elsewhere", None, "Operator", None, True, False, False),
    }  # fmt: skip


def test_runs_carry_their_interface_and_its_plant(built):
    rows = built.rows("from fct_integration_event")
    assert {(row["source"], row["record_id"]): (row["interface"], row["plant"]) for row in rows} == {
        ("queue_job", 1): ("Carriers in the north", "Nord/WH"),
        ("queue_job", 2): ("Carriers", "South/WH"),
        ("queue_job", 3): ("Carriers", "South/WH"),
        ("queue_job", 4): ("All jobs", "South/WH"),
        ("cron", 9): ("Machines", "South/WH"),
        ("cron", 8): ("scheduled action 8", None),
    }
    assert {row["odoo_instance"] for row in rows} == {"test"}


def test_first_and_last_run(found):
    row = found["queue_job:test:stock.picking.send@South/WH"]
    assert (row["first_run_at"].day, row["last_run_at"].day, row["last_record_id"]) == (5, 7, 3)
