"""What the tests share: a published demo warehouse, and marts over rows written in a test."""

from __future__ import annotations

import atexit
import fcntl
import functools
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import cycle, product
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pyarrow as pa
import pytest

from etl import publish
from etl.demo.fill import fill
from etl.load import ensure_tables, migrate
from etl.refresh import Progress, utc_now
from etl.systems import every
from queries import catalog, measure, warehouse
from queries.config import Config

SILENT = Progress(say=lambda text: None, rows=lambda source, done, total: None, building=lambda what: None)
pytest.register_assert_rewrite("tests.etl.n8n_expected")
IN_CI = os.environ.get("CI") == "true"
SOAK = "SOAK" in os.environ  # `make soak`: every case of what the suite tries in turn


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Of tests that run beside each other, those of one file stay together, and so do all that need the same server: a
    real n8n (tests/live/test_n8n*.py), Odoo 14 (test_odoo14*.py), or Odoo 19."""
    from xdist.scheduler import LoadFileScheduling

    class Scheduling(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            live = re.match(r"tests/live/(test_n8n|test_odoo14)?", nodeid)
            return live[0] if live else super()._split_scope(nodeid)

    return Scheduling(config, log)


def in_turn(cases: Iterable, ways: Sequence) -> list[tuple]:
    """Every case in every way in `make soak`, else each case in one of the ways, in turn."""
    if SOAK:
        return list(product(cases, ways))
    return list(zip(cases, cycle(ways), strict=False))


def skip_or_fail(sentence: str) -> None:
    """A test cannot run here: skipped on a developer's machine, a failure where everything must be there."""
    if IN_CI:
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)


@pytest.fixture(scope="session")
def demo_warehouse(tmp_path_factory) -> Path:
    """A folder with the demo plants published; made once for all tests that run beside each other."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "demo"
    folder.mkdir(exist_ok=True)
    with (folder / "made").open("a+") as made:
        fcntl.flock(made, fcntl.LOCK_EX)
        if not os.fstat(made.fileno()).st_size:
            now = utc_now()
            fill(folder, Config(), SILENT, now=now)
            made.write(now.isoformat())
    return folder


@pytest.fixture(scope="session")
def demo_moment(demo_warehouse) -> datetime:
    """Until when the demo plants are simulated (UTC)."""
    return datetime.fromisoformat((demo_warehouse / "made").read_text())


@pytest.fixture
def own(demo_warehouse, tmp_path):
    """A copy of the published demo plants in which something can be decided."""
    for path in demo_warehouse.iterdir():
        if path.name == "CURRENT" or path.name.startswith("ops_"):
            shutil.copy(path, tmp_path)
    return tmp_path


BOOKED = {
    "_valid_from": pa.timestamp("us"),
    "_valid_to": pa.timestamp("us"),
    "_closed_by": pa.string(),
    "_seen_at": pa.timestamp("us"),
}


KPIS, MARTS = catalog.load(), catalog.marts()
MADE_FROM = {name: mart.made_from(MARTS) for name, mart in MARTS.items()}


# In memory, where the machine has such a folder.
FAST = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


@functools.cache
def empty_tables() -> Path:
    """A database with every table, and no row but the Odoo instance; made once, since making them takes ten
    times as long as copying the file."""
    folder = tempfile.mkdtemp(dir=FAST)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    file = Path(folder) / "empty.duckdb"
    with duckdb.connect(file) as con:
        migrate(con)
        con.execute("insert into odoo_instance values ('test', 'http://odoo.test', '19.0', 'json-2')")
        ensure_tables(con, list(every().values()))
    return file


@functools.cache
def empty_marts() -> Path:
    """A database with every mart, over the two plants of PLANTS and nothing else; made once."""
    built = Built(PLANTS, datetime(2026, 3, 2), Config()).need(*MARTS)
    built._connection.execute("checkpoint")
    folder = tempfile.mkdtemp(dir=FAST)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(shutil.copy(Path(built._folder.name) / "built.duckdb", folder))


class Built:
    """Marts over a few rows, with what a reader's Warehouse has: `cursor()` and `as_of`. Marts are built when they are
    asked for.

    A row may carry how long it was valid; without, it is as it always was.
    """

    def __init__(self, records: dict[str, list[dict]], as_of: datetime, config: Config, start: Path | None = None):
        self.as_of = as_of
        self._folder = tempfile.TemporaryDirectory(dir=FAST)
        file = Path(self._folder.name) / "built.duckdb"
        shutil.copy(start or empty_tables(), file)
        self._connection = con = duckdb.connect(file, config={"threads": 1})
        con.execute("set global timezone = 'UTC'")
        self._built: set[str] = set(MARTS) if start else set()
        if start:
            con.execute(warehouse.CLOCK_MACRO)
            return
        sources = every()
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
        for macro in (warehouse.ODOO_URL_MACRO, *warehouse.MACROS, warehouse.LIMIT_MACRO):
            con.execute(macro)

    def need(self, *names: str) -> Built:
        """Builds these marts, and what they are made from, where they are not there yet; returns itself."""
        wanted, found = list(names), set()
        while wanted:
            name = wanted.pop()
            if name not in found:
                found.add(name)
                wanted += MADE_FROM[name]
        for mart in MARTS.values():
            if mart.name in found - self._built:
                publish.build_mart(self._connection, mart, self.as_of, "main")
                self._built.add(mart.name)
        return self

    def put(self, mart: str, rows: list[dict]) -> Built:
        """Adds rows to a mart as if it had found them; returns itself."""
        self.need(mart)
        columns = self._connection.table(mart).to_arrow_table().schema
        unknown = {key for row in rows for key in row} - set(columns.names)
        assert not unknown, f"{mart} has no column {unknown}"
        self._connection.register("given", pa.Table.from_pylist(rows, columns))
        self._connection.execute(f"insert into {mart} by name select * from given")
        self._connection.unregister("given")
        return self

    def again(self, *marts: str) -> Built:
        """Builds marts anew, in this order, from what was put into those they are made of; returns itself."""
        for name in marts:
            publish.build_mart(self._connection, MARTS[name], self.as_of, "main")
        return self

    def put_exceptions(self, rows: list[dict]) -> Built:
        """Exceptions as if rules had found them, and no others; returns itself."""
        self._connection.execute(f"create table fct_exception ({publish.EXCEPTION})")
        columns = self._connection.table("fct_exception").to_arrow_table().schema
        self._connection.register("given", pa.Table.from_pylist(rows, columns))
        self._connection.execute("insert into fct_exception by name select * from given")
        self._connection.unregister("given")
        self._built.add("fct_exception")
        return self

    @property
    def connection(self):
        """The database, with every mart and exception."""
        if "fct_exception" not in self._built:
            self.need(*MARTS)
            publish.build_exceptions(self._connection, self.as_of, "main")
            self._built.add("fct_exception")
        return self._connection

    def cursor(self):
        return self.connection.cursor()

    def rows(self, sql: str, **parameters) -> list[dict]:
        """Rows of a query as dicts."""
        found = self._reading(sql).cursor().sql(sql, params=parameters or None)
        return found.to_arrow_table().to_pylist()

    def _reading(self, sql: str, *more: str):
        """What has a cursor on the marts that `sql` reads, and the moment of the data."""
        if "fct_exception" in sql:
            return self
        self.need(*catalog.depends_on(sql, MARTS), *more)
        return SimpleNamespace(cursor=self._connection.cursor, as_of=self.as_of, moment=self.moment)

    def moment(self, sql: str) -> datetime:
        """The moment that the rows of a query are from."""
        return self.as_of

    def check(self, name: str) -> list[dict]:
        """What a check finds."""
        return [row for row in self.rows(catalog.checks()[name].sql) if row.get("is_wrong", True)]

    def exceptions(self, name: str) -> dict[int, dict]:
        """The rows of an exception, by record."""
        found = self.rows("select * from fct_exception where exception = $name", name=name)
        assert len({row["record_id"] for row in found}) == len(found)
        return {row["record_id"]: row for row in found}

    def listing(self, name: str, **given) -> list[dict]:
        """Rows of a list."""
        return warehouse.read(self._reading(catalog.lists()[name].sql), name, **given).to_pylist()

    def kpi(self, name: str, start, end, **options) -> list[dict]:
        """measure.values of a KPI."""
        kpi = KPIS[name]
        opened = self._reading(kpi.sql, *catalog.marts_of(kpi, MARTS))
        return measure.values(opened, kpi, start, end, **options).to_pylist()

    def kpi_rows(self, name: str, start, end, **options) -> list[dict]:
        """measure.rows of a KPI."""
        kpi = KPIS[name]
        opened = self._reading(kpi.sql, *catalog.marts_of(kpi, MARTS))
        return measure.rows(opened, kpi, start, end, **options).to_pylist()


@pytest.fixture(scope="session")
def build():
    """build(as_of, source_name=[row, ...], ...) -> Built: marts over those staging rows (instance "test")."""

    def make(as_of: datetime = datetime(2026, 3, 2), config: Config | None = None, **records) -> Built:
        return Built(PLANTS | records, as_of, config or Config())

    return make


@pytest.fixture(scope="session")
def put():
    """put(as_of, fct_hold=[row, ...], ...) -> Built: rows in marts that are empty but for two plants; what is made of
    them is built by again(). Far quicker than `build` where many marts lie between staging rows and the result."""

    def make(as_of: datetime = datetime(2026, 3, 2), **rows) -> Built:
        built = Built({}, as_of, Config(), empty_marts())
        for mart, found in rows.items():
            built.put(mart, found)
        return built

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
        {"id": 5, "code": "outgoing", "warehouse_id": 1, "company_id": 1},
        {"id": 6, "code": "internal", "warehouse_id": 1, "company_id": 1},
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
        {"id": 9023, "document_model": "purchase.order", "field_name": "acknowledged", "field_type": "boolean"},
        {"id": 9031, "document_model": "stock.picking", "field_name": "state", "field_type": "selection"},
        {"id": 9032, "document_model": "stock.picking", "field_name": "scheduled_date", "field_type": "datetime"},
        {"id": 9051, "document_model": "account.move", "field_name": "state", "field_type": "selection"},
        {"id": 9052, "document_model": "account.move", "field_name": "payment_state", "field_type": "selection"},
        {"id": 9053, "document_model": "res.partner.bank", "field_name": "acc_number", "field_type": "char"},
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
                (9031, "draft", {"en_US": "Draft", "fr_FR": "Brouillon"}),
                (9031, "confirmed", {"en_US": "Waiting", "fr_FR": "En attente"}),
                (9031, "assigned", {"en_US": "Ready", "fr_FR": "Prêt"}),
                (9031, "done", {"en_US": "Done", "fr_FR": "Terminé"}),
                (9031, "cancel", {"en_US": "Cancelled", "fr_FR": "Annulé"}),
                (9051, "draft", {"en_US": "Draft", "fr_FR": "Brouillon"}),
                (9051, "posted", {"en_US": "Posted", "fr_FR": "Comptabilisé"}),
                (9052, "not_paid", {"en_US": "Not Paid", "fr_FR": "Non payé"}),
                (9052, "in_payment", {"en_US": "In Payment", "fr_FR": "En paiement"}),
                (9052, "paid", {"en_US": "Paid", "fr_FR": "Payé"}),
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
        """One message of `user` with its changes: field=(old label, new label), or two moments, or two booleans."""
        fields = {
            ("mrp.production", "state"): 11,
            ("mrp.production", "reservation_state"): 12,
            ("purchase.order", "state"): 21,
            ("purchase.order", "user_id"): 22,
            ("purchase.order", "acknowledged"): 9023,
            ("stock.picking", "state"): 9031,
            ("stock.picking", "scheduled_date"): 9032,
            ("account.move", "state"): 9051,
            ("account.move", "payment_state"): 9052,
            ("res.partner.bank", "acc_number"): 9053,
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
            kind = {datetime: "at", bool: "integer"}.get(type(new), "label")
            self.records["mail_tracking_value"].append(
                {
                    "id": len(self.records["mail_tracking_value"]) + 1,
                    "message_id": number,
                    "field_id": fields[(model, field)],
                    f"old_{kind}": int(old) if kind == "integer" else old,
                    f"new_{kind}": int(new) if kind == "integer" else new,
                }
            )
        return self


@pytest.fixture
def chatter() -> Chatter:
    """chatter.say(at, model, document, user, state=("Draft", "Confirmed")); pass **chatter.records to build."""
    return Chatter()
