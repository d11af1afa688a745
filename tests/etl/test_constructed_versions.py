"""The whole pipeline over each version that no server was run of: Odoo 15 to 18, *constructed*."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from etl import check, refresh
from etl.odoo import Odoo, OdooError, connect
from etl.resolve import resolve
from etl.source import discover, tracked_models
from queries import config, warehouse
from tests.etl.constructed_odoo import ConstructedOdoo, Served, served
from tests.etl.constructed_run import environment, kpi_rows, plans, run, true_rows, work
from tests.etl.constructed_scene import Scene

# Models that the constructed Odoo has not: Enterprise and modules that are not installed.
ABSENT = {
    *("approval_approver", "approval_category", "approval_request", "mrp_eco", "quality_alert", "quality_alert_stage"),
    *("quality_check", "studio_approval_entry", "studio_approval_request", "studio_approval_rule"),
    *("auditlog_log", "auditlog_log_line", "maintenance_equipment", "maintenance_request", "maintenance_stage"),
    *("account_edi_document", "account_edi_format", "edi_exchange_record", "edi_exchange_type"),
    *("maintenance_team", "mgmtsystem_action", "mgmtsystem_action_stage", "mgmtsystem_nonconformity"),
    *("mgmtsystem_nonconformity_severity", "mgmtsystem_nonconformity_stage", "qc_inspection", "stock_landed_cost"),
}
SINCE = {"ir_cron_progress": 18, "stock_scrap_reason_tag": 18, "product_value": 19}  # came with this version


@dataclass
class Case:
    """An Odoo of one version, read once."""

    scene: Scene
    served: Served
    folder: Path
    outcome: refresh.Outcome
    said: list[str]

    @property
    def version(self) -> int:
        return self.scene.version

    def client(self) -> Odoo:
        with environment(self.served.environment):
            return connect(refresh.logins(config.load())[0])


@pytest.fixture(scope="module", params=(15, 16, 17, 18), ids=lambda version: f"constructed-{version}")
def case(request, tmp_path_factory):
    scene = Scene(request.param)
    with served(ConstructedOdoo(scene.version, scene.rows)) as odoo:
        folder = tmp_path_factory.mktemp(f"constructed{scene.version}")
        outcome, said = run(odoo, folder)
        yield Case(scene, odoo, folder, outcome, said)


def test_it_is_read_over_json_rpc_and_published(case):
    assert f"Odoo {case.version}.0 at " in case.said[0] and "over JSON-RPC" in case.said[0]
    assert warehouse.current_version(case.folder) == case.outcome.version
    assert work(case.folder, "select status from run") == [("published",)]


def test_rows_of_every_kpi_equal_the_truth(case):
    found, truth = kpi_rows(case.folder), true_rows(case.scene.truth)
    assert all(truth.values())
    assert found == truth


def test_every_row_is_there(case):
    loaded = {item.source: item.row_count for item in case.outcome.loaded}
    languages = 2
    for model, rows in case.scene.rows.items():
        name = {"stock.production.lot": "stock_lot"}.get(model, model.replace(".", "_"))
        if name in loaded:
            assert loaded[name] == len(rows) * (languages if discover()[name].languages else 1), name


def test_no_field_of_this_version_is_missed(case):
    resolved = resolve(case.client(), list(discover().values()), tracked_models(discover().values()))
    there = {item.source.name: item for item in resolved if not item.absent}
    assert {name: item.missing for name, item in there.items() if item.missing} == {}
    assert set(discover()) - set(there) == ABSENT | {name for name, since in SINCE.items() if case.version < since}
    for name, item in there.items():
        for stable, field in item.source.fields.items():
            if field.until >= case.version and not field.only:
                assert item.fields[stable], f"{name}.{stable} is gone before its time"
    assert not [sentence for sentence in case.said if " lacks " in sentence]


FORMER = {  # column: the field it comes from, up to which version
    ("mail_tracking_value", "field_id"): [("field", 16), ("field_id", 19)],
    ("mail_tracking_value", "new_amount"): [("new_value_monetary", 16), ("new_value_float", 19)],
    ("mrp_production", "planned_start_at"): [("date_planned_start", 16), (None, 19)],
    ("mrp_production", "lot_ids"): [("lot_producing_id", 18), ("lot_producing_ids", 19)],
    ("mrp_production", "procurement_ids"): [("procurement_group_id", 18), ("reference_ids", 19)],
    ("mrp_workcenter", "capacity"): [("capacity", 15), ("default_capacity", 18), (None, 19)],
    ("stock_move", "done_quantity"): [(None, 15), ("quantity_done", 16), (None, 19)],
    ("stock_move", "reserved_quantity"): [(None, 16), ("quantity", 19)],
    ("stock_move_line", "reserved_quantity"): [("product_uom_qty", 15), ("reserved_uom_qty", 16), (None, 19)],
    ("stock_move_line", "quantity"): [("qty_done", 16), ("quantity", 19)],
    ("stock_location", "warehouse_id"): [(None, 15), ("warehouse_id", 19)],
    ("product_supplierinfo", "partner_id"): [("name", 15), ("partner_id", 19)],
    ("purchase_order_line", "product_uom_id"): [("product_uom", 18), ("product_uom_id", 19)],
    ("mail_activity", "done_on"): [(None, 16), ("date_done", 19)],
    ("ir_cron", "remaining_calls"): [("numbercall", 17), (None, 19)],
    ("ir_cron", "failure_count"): [(None, 17), ("failure_count", 19)],
    ("mail_mail", "is_notification"): [("notification", 14), ("is_notification", 19)],
    ("mail_mail", "eligible_at"): [(None, 15), ("scheduled_date", 19)],
    ("mail_notification", "mail_id"): [("mail_id", 14), ("mail_mail_id", 19)],
    ("fetchmail_server", "failing_since_at"): [(None, 18), ("error_date", 19)],
    ("base_automation", "action_id"): [("action_server_id", 16), (None, 19)],
}


@pytest.mark.parametrize(("name", "stable"), FORMER)
def test_a_field_is_found_under_the_name_it_has_in_this_version(name, stable, case):
    [resolved] = resolve(case.client(), [discover()[name]], tracked_models(discover().values()))
    assert resolved.fields[stable] == next(field for field, until in FORMER[name, stable] if case.version <= until)


def test_columns_without_a_field_stay_empty(case):
    assert {type(active) for (active,) in work(case.folder, "select active from stg_mail_activity")} == {
        bool if case.version >= 17 else type(None)
    }


def test_plan_and_actual_are_kept_as_the_version_means_them(case):
    """An order that nobody started: up to Odoo 16 its start is empty, from 17 on it is the plan."""
    [(planned, started)] = work(
        case.folder, "select planned_start_at, started_at from stg_mrp_production where name = 'MO/00002'"
    )
    [created] = [document.created for document in case.scene.documents if document.values["name"] == "MO/00002"]
    plan = created + timedelta(days=1)
    assert (planned, started) == ((plan, None) if case.version <= 16 else (None, plan))
    # Up to Odoo 16 every released order has its plan, later only who waits; seen so late, it is no promise.
    orders = [document for document in case.scene.documents if document.model == "mrp.production"]
    known = ("confirmed", "progress", "done") if case.version <= 16 else ("confirmed",)
    expected = {(o.id, 1): o.created + timedelta(days=1) for o in orders if o.values["state"] in known}
    found = plans(case.folder)
    assert {key: begin for key, (begin, _, _) in found.items()} == expected
    assert all(end == begin + timedelta(hours=1) for begin, end, _ in found.values())
    assert {quality for *_, quality in found.values()} == {"late"}


def test_french_labels_amounts_and_locked_orders_are_understood(case):
    published = warehouse.open(warehouse=case.folder)
    [(french,)] = published.cursor().sql("select count(*) from fct_event where new_label = 'À approuver'").fetchall()
    assert french > 0
    assert warehouse.read(published, "unmatched_label").num_rows == 0
    amounts = published.cursor().sql(
        "select distinct old_value::double, new_value::double from fct_event where field = 'amount_untaxed'"
    )
    assert amounts.fetchall() == [(9000.0, 9500.0)]


def test_archived_rows_are_read(case):
    for table in ("res_partner", "product_product", "res_users", "tier_definition", "res_currency"):
        [(archived,)] = work(case.folder, f"select count(*) from stg_{table} where not active")
        assert archived > 0, table


def test_done_activities_are_there_where_the_version_keeps_them(case):
    done = work(case.folder, "select id from stg_mail_activity where done_on is not null")
    assert done == ([(2,)] if case.version >= 17 else [])


def test_a_second_run_changes_nothing(case):
    outcome, _ = run(case.served, case.folder)
    assert [item for item in outcome.loaded if item.new or item.changed or item.closed] == []
    assert kpi_rows(case.folder) == true_rows(case.scene.truth)


def test_the_first_look_finds_nothing_wrong(case):
    with environment(case.served.environment):
        [report] = check.run(config.load(), discover().values())
    assert report.version == f"{case.version}.0" and report.gaps == []
    assert {model.state for model in report.models} == {"ok", "absent"}


def test_it_refuses_what_the_version_refuses(case):
    """The stand-in is no better than what it stands for."""
    client = case.client()
    with pytest.raises(OdooError, match="Invalid field 'nowhere' on"):
        client.call("mrp.production", "search_read", domain=[], fields=["nowhere"])
    with pytest.raises(OdooError, match=r"Invalid field mrp\.production\.nowhere in leaf"):
        client.search("mrp.production", [("nowhere", "=", 1)])
    gone = "field_id" if case.version <= 16 else "field"
    with pytest.raises(OdooError, match=f"Invalid field '{gone}' on"):
        client.rows("mail.tracking.value", [], [gone])
