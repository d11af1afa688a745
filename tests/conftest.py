"""What the tests share: a published demo warehouse, and marts over rows written in a test."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from etl import publish
from etl.demo.fill import fill
from etl.load import ensure_tables
from etl.refresh import Progress
from etl.source import discover
from queries import measure, warehouse
from queries.config import Config

SILENT = Progress(say=lambda text: None, rows=lambda source, done, total: None, building=lambda what: None)
IN_CI = os.environ.get("CI") == "true"


def skip_or_fail(sentence: str) -> None:
    """A test cannot run here: skipped on a developer's machine, a failure where everything must be there."""
    if IN_CI:
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)


@pytest.fixture(scope="session")
def demo_warehouse(tmp_path_factory) -> Path:
    """A folder with the demo plants published."""
    folder = tmp_path_factory.mktemp("demo")
    fill(folder, Config(), SILENT)
    return folder


BOOKED = {
    "_valid_from": pa.timestamp("us"),
    "_valid_to": pa.timestamp("us"),
    "_closed_by": pa.string(),
    "_seen_at": pa.timestamp("us"),
}


class Built:
    """Marts over a few rows, with what a reader's Warehouse has: `cursor()` and `as_of`.

    A row may carry how long it was valid; without, it is as it always was.
    """

    def __init__(self, records: dict[str, list[dict]], as_of: datetime, config: Config):
        self.as_of = as_of
        self.connection = duckdb.connect(":memory:")
        con = self.connection
        con.execute("set timezone = 'UTC'")
        con.execute("create schema raw")
        con.execute("create table odoo_instance (instance varchar, url varchar, version varchar, transport varchar)")
        con.execute("insert into odoo_instance values ('test', 'http://odoo.test', '19.0', 'json-2')")
        sources = discover()
        ensure_tables(con, list(sources.values()))
        for name, rows in records.items():
            source = sources[name]
            common = dict.fromkeys(source.columns) | {"instance": "test"} | dict.fromkeys(BOOKED)
            complete = [common | {"_valid_from": datetime(2000, 1, 1)} | row for row in rows]
            unknown = {key for row in rows for key in row} - set(source.columns) - set(BOOKED)
            assert not unknown, f"{name} has no column {unknown}"
            schema = pa.schema([*source.schema, *((column, type) for column, type in BOOKED.items())])
            con.register("given", pa.Table.from_pylist(complete, schema))
            con.execute(f"insert into raw.{name} by name select *, 'r' as _run from given")
            con.unregister("given")
        publish.put_configuration(con, config, "main")
        publish.build_marts(con, as_of, lambda text: None, "main")
        publish.build_exceptions(con, as_of, "main")
        con.execute(warehouse.ODOO_URL_MACRO)
        con.execute(warehouse.CLOCK_MACRO)

    def cursor(self):
        return self.connection.cursor()

    def rows(self, sql: str, **parameters) -> list[dict]:
        """Rows of a query as dicts."""
        return self.cursor().sql(sql, params=parameters or None).to_arrow_table().to_pylist()

    def listing(self, name: str) -> list[dict]:
        """Rows of a list."""
        return warehouse.read(self, name).to_pylist()

    def kpi(self, name: str, start, end, **options) -> list[dict]:
        """measure.values of a KPI."""
        from queries import catalog

        return measure.values(self, catalog.load()[name], start, end, **options).to_pylist()

    def kpi_rows(self, name: str, start, end, **options) -> list[dict]:
        """measure.rows of a KPI."""
        from queries import catalog

        return measure.rows(self, catalog.load()[name], start, end, **options).to_pylist()


@pytest.fixture(scope="session")
def build():
    """build(as_of, source_name=[row, ...], ...) -> Built: marts over those staging rows (instance "test")."""

    def make(as_of: datetime = datetime(2026, 3, 2), config: Config | None = None, **records) -> Built:
        return Built(PLANTS | records, as_of, config or Config())

    return make


# Two plants of two companies that share a warehouse code, and who works there.
PLANTS = {
    "res_currency": [{"id": 1, "name": "EUR"}, {"id": 2, "name": "USD"}],
    "resource_calendar": [{"id": 1, "tz": "Europe/Paris"}],
    "res_company": [
        {"id": 1, "name": "Nord", "currency_id": 1, "resource_calendar_id": 1},
        {"id": 2, "name": "South", "currency_id": 2},
    ],
    "stock_warehouse": [
        {"id": 1, "code": "WH", "name": "Lille", "company_id": 1},
        {"id": 2, "code": "WH", "name": "Austin", "company_id": 2},
    ],
    "stock_picking_type": [
        {"id": 1, "code": "mrp_operation", "warehouse_id": 1, "company_id": 1},
        {"id": 2, "code": "mrp_operation", "warehouse_id": 2, "company_id": 2},
        {"id": 3, "code": "incoming", "warehouse_id": 1, "company_id": 1},
        {"id": 4, "code": "incoming", "warehouse_id": 2, "company_id": 2},
    ],
    "res_partner": [
        {"id": 1, "name": "OdooBot", "lang": "en_US"},
        {"id": 2, "name": "Anna", "lang": "en_US"},
        {"id": 3, "name": "Pierre", "lang": "fr_FR"},
        {"id": 9, "name": "Steelworks", "is_company": True, "commercial_partner_id": 9},
    ],
    "res_users": [
        {"id": 1, "login": "__system__", "partner_id": 1},
        {"id": 2, "login": "anna", "partner_id": 2},
        {"id": 3, "login": "public", "partner_id": None},
        {"id": 5, "login": "pierre", "partner_id": 3},
    ],
    "product_category": [{"id": 1, "name": "Frames", "complete_name": "All / Frames"}],
    "product_template": [{"id": 1, "name": "Table", "categ_id": 1}],
    "product_product": [{"id": 1, "product_tmpl_id": 1, "default_code": "T-1"}],
    "ir_model_fields": [
        {"id": 11, "document_model": "mrp.production", "field_name": "state", "field_type": "selection"},
        {"id": 12, "document_model": "mrp.production", "field_name": "reservation_state", "field_type": "selection"},
        {"id": 21, "document_model": "purchase.order", "field_name": "state", "field_type": "selection"},
        {"id": 22, "document_model": "purchase.order", "field_name": "user_id", "field_type": "many2one"},
    ],
    "ir_model_fields_selection": [
        {"id": number, "lang": lang, "field_id": field, "value": value, "label": label}
        for number, (field, value, labels) in enumerate(
            [
                (11, "draft", {"en_US": "Draft", "fr_FR": "Brouillon"}),
                (11, "confirmed", {"en_US": "Confirmed", "fr_FR": "Confirmé"}),
                (11, "progress", {"en_US": "In Progress", "fr_FR": "En cours"}),
                (11, "to_close", {"en_US": "To Close", "fr_FR": "À clôturer"}),
                (11, "done", {"en_US": "Done", "fr_FR": "Terminé"}),
                (11, "cancel", {"en_US": "Cancelled", "fr_FR": "Annulé"}),
                (12, "confirmed", {"en_US": "Waiting", "fr_FR": "En attente"}),
                (12, "assigned", {"en_US": "Ready", "fr_FR": "Prêt"}),
                (12, "waiting", {"en_US": "Waiting Another Operation", "fr_FR": "En attente d'une autre opération"}),
                (21, "draft", {"en_US": "RFQ", "fr_FR": "Demande de prix"}),
                (21, "sent", {"en_US": "RFQ Sent", "fr_FR": "Demande de prix envoyée"}),
                (21, "to approve", {"en_US": "To Approve", "fr_FR": "À approuver"}),
                (21, "purchase", {"en_US": "Purchase Order", "fr_FR": "Bon de commande"}),
                (21, "cancel", {"en_US": "Cancelled", "fr_FR": "Annulé"}),
            ],
            start=1,
        )
        for lang, label in labels.items()
    ],
}


class Chatter:
    """Messages and tracking values as Odoo writes them, collected for `build`."""

    def __init__(self):
        self.records = {"mail_message": [], "mail_tracking_value": []}

    def say(self, at: str, model: str, document: int, user: int = 2, **changes) -> Chatter:
        """One message of `user` with its changes: field=(old label, new label)."""
        fields = {
            ("mrp.production", "state"): 11,
            ("mrp.production", "reservation_state"): 12,
            ("purchase.order", "state"): 21,
            ("purchase.order", "user_id"): 22,
        }
        moment = datetime.fromisoformat(at)
        number = len(self.records["mail_message"]) + 1
        self.records["mail_message"].append(
            {
                "id": number,
                "document_model": model,
                "document_id": document,
                "message_type": "notification",
                "sent_at": moment,
                "created_by_id": user,
                "created_at": moment,
            }
        )
        for field, (old, new) in changes.items():
            self.records["mail_tracking_value"].append(
                {
                    "id": len(self.records["mail_tracking_value"]) + 1,
                    "message_id": number,
                    "field_id": fields[(model, field)],
                    "old_label": old,
                    "new_label": new,
                }
            )
        return self


@pytest.fixture
def chatter() -> Chatter:
    """chatter.say(at, model, document, user, state=("Draft", "Confirmed")); pass **chatter.records to build."""
    return Chatter()
