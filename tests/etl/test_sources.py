"""Every source file is well-formed, and the sources of Enterprise models read what is constructed for them."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from etl import extract, landing, load, plan, resolve
from etl.source import Source, column, discover, tracked_models
from tests.etl.constructed_enterprise import CONSTRUCTED
from tests.etl.fake_odoo import FakeOdoo

MODE = plan.Mode(datetime(2026, 2, 3))
SOURCES = discover()
TRACKED = tracked_models(SOURCES.values())
# Odoo fields that name or reach a person when they are text.
PERSONAL = re.compile(r"(^|_)(login|email|phone|mobile|signed_by|acc_number|acc_holder_name)($|_)")
PEOPLE = {"res_partner": ("name",), "res_users": ("login",), "res_partner_bank": ("account",)}
EDI = ("account_edi_format", "edi_exchange_type")
TEXTS = ("char", "text", "reference", "selection")
UNSTAMPED = {"queue_job", "ir_cron", "mail_notification", "stock_quant"}


@pytest.mark.parametrize("name", SOURCES)
def test_a_source_is_well_formed(name):
    source = SOURCES[name]
    assert source.fields
    assert len(source.columns) == len(source.fields) + len(source.key)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", column) for column in source.fields)
    for column_name, field in source.fields.items():
        assert len(set(field.candidates)) == len(field.candidates), column_name
        endings = {"datetime": "_at", "date": "_on", "many2one": "_id", "many2many": "_ids"}
        if field.type in endings:
            ending = endings[field.type]
            assert column_name.endswith((ending, "_parts") if field.type == "many2many" else ending), column_name
        if field.type == "boolean":
            assert column_name.startswith(("is_", "has_", "was_", "keeps_")) or column_name in (
                "active",
                "share",
                "approve_sequence",
            ), column_name
        assert field.until in (0, *range(14, 19)), column_name


@pytest.mark.parametrize("name", SOURCES)
def test_no_two_columns_come_from_the_same_field(name):
    taken = {}
    for column_name, field in SOURCES[name].fields.items():
        first = (field.candidates or (column_name,))[0]
        assert first not in taken, f"{column_name} and {taken[first]} are both {first}"
        taken[first] = column_name


@pytest.mark.parametrize("name", SOURCES)
def test_what_is_lost_without_it_is_one_clause(name):
    without = SOURCES[name].without
    assert 15 <= len(without) <= 120
    assert without[0].islower() or without.startswith("Odoo")
    assert not without.endswith((".", "!", ";")) and "\n" not in without


def test_the_cost_of_a_model_that_may_not_be_read_does_not_say_that_its_module_is_missing():
    costs = {source.model: source.cost for source in discover().values()}
    assert costs["qc.inspection"] == "inspections and how long they hold goods cannot be measured"
    assert costs["mail.tracking.value"] == "every lead time is lost"
    assert costs["res.company"] == discover()["res_company"].without
    assert not [cost for cost in costs.values() if cost.startswith(("no OCA", "no Enterprise"))]


@pytest.mark.parametrize("name", SOURCES)
def test_columns_that_name_people_are_flagged(name):
    for column_name, field in SOURCES[name].fields.items():
        names = field.candidates or (column_name,)
        if field.type in TEXTS and (column_name in PEOPLE.get(name, ()) or any(map(PERSONAL.search, names))):
            assert field.person, column_name
        # fct_event flags what it makes of tracked values; records are no persons
        if field.mask not in ("", "records") and name != "mail_tracking_value":
            assert field.person, f"{column_name} is masked, so it may hold names"


@pytest.mark.parametrize("name", SOURCES)
def test_secrets_tracebacks_and_bodies_are_not_read(name):
    asked = {
        candidate
        for column_name, field in SOURCES[name].fields.items()
        for candidate in field.candidates or (column_name,)
        if field.mask != "records"  # keeps none of it but models and ids
    }
    forbidden = {"exc_info", "webhook_uuid", "webhook_url", "body", "args", "kwargs", "func_string", "password", "code"}
    if name in (*("mrp_bom", "mrp_workcenter", "stock_warehouse", "stock_picking_type"), *EDI):
        forbidden -= {"code"}
    assert not asked & forbidden


@pytest.mark.parametrize("name", SOURCES)
def test_domains_speak_of_the_models_own_fields(name):
    source = SOURCES[name]
    for domain in (resolve.domain_of(source, TRACKED), source.open_domain or ()):
        for term in domain:
            assert term in ("&", "|", "!") or (len(term) == 3 and isinstance(term[0], str)), term


def test_rows_without_a_write_date_are_declared_so():
    assert {name for name, source in SOURCES.items() if source.kind == "unstamped"} == UNSTAMPED


def test_documents_with_a_chatter_that_tells_their_history():
    assert TRACKED == [
        "account.move",
        "approval.request",
        "maintenance.request",
        "mgmtsystem.action",
        "mgmtsystem.nonconformity",
        "mrp.eco",
        "mrp.production",
        "purchase.order",
        "qc.inspection",
        "quality.alert",
        "quality.check",
        "queue.job",
        "res.partner.bank",
        "sale.order",
        "stock.picking",
        "stock.scrap",
    ]


@pytest.mark.parametrize("kind", ["kind", "sweep"])
def test_an_unknown_kind_or_sweep_is_refused(kind):
    with pytest.raises(ValueError, match=f"x.y: {kind} 'yearly' is unknown; use one of"):
        Source(model="x.y", without="", fields={"name": column("char")}, **{kind: "yearly"})


def test_only_unstamped_rows_can_be_swept_while_open():
    with pytest.raises(ValueError, match="only unstamped rows"):
        Source(model="x.y", without="", fields={"name": column("char")}, sweep="open")


@pytest.mark.parametrize("model", CONSTRUCTED)
def test_constructed_enterprise_rows_arrive_in_staging(model, tmp_path):
    source = SOURCES[model.replace(".", "_")]
    odoo = FakeOdoo(CONSTRUCTED)
    [resolved] = resolve.resolve(odoo, [source], TRACKED)
    assert not resolved.absent and not resolved.missing
    assert resolved.open_domain == source.open_domain
    run = tmp_path / "landing" / "20260203T000000Z"
    con = load.open_work(tmp_path)
    extract.read(odoo, resolved, TRACKED, run, load.known(con, source, "odoo"), print, plan.Mode(datetime(2026, 2, 3)))
    loaded = load.load_source(con, source, "odoo", run, datetime(2026, 2, 3))
    rows = con.sql(f"select * from stg_{source.name} order by id").to_arrow_table().to_pylist()
    con.close()
    given = CONSTRUCTED[model][1]
    assert loaded.new == len(rows) == len(given)
    for row, constructed in zip(rows, given, strict=True):
        for column_name, field in source.fields.items():
            value = constructed.get(resolved.fields[column_name]) or None
            if field.type == "many2many":
                value = [value] if isinstance(value, int) else sorted(value or [])
            elif field.type == "datetime" and value:
                value = datetime.fromisoformat(value)
            elif field.type == "boolean":
                value = bool(value)
            assert row[column_name] == value, column_name


def test_another_apps_model_of_the_same_name_fills_nothing_and_breaks_nothing(tmp_path):
    other = {"quality.check": ({"name": "char", "grade": "char", "write_date": "datetime"}, [{"id": 1, "name": "A"}])}
    [resolved] = resolve.resolve(FakeOdoo(other), [SOURCES["quality_check"]], TRACKED)
    assert resolved.open_domain is None
    assert [name for name, field in resolved.fields.items() if field] == ["name"]
    assert "result" in resolved.missing


def test_landing_is_where_the_salt_is_looked_for(tmp_path):
    bank = ({"sanitized_acc_number": "char", "partner_id": "many2one", "write_date": "datetime"}, [])
    rows = [{"id": 1, "sanitized_acc_number": "DE89370400440532013000", "partner_id": 3, "write_date": False}]
    source, odoo = SOURCES["res_partner_bank"], FakeOdoo({"res.partner.bank": (bank[0], rows)})
    [resolved] = resolve.resolve(odoo, [source], TRACKED)
    run = tmp_path / "landing" / "20260203T000000Z"
    extract.read(odoo, resolved, TRACKED, run, plan.Known(), print, MODE)
    assert (tmp_path / "salt").exists()
    page = landing.page_paths(run, source, "odoo")[0]
    assert b"0532013000" not in page.read_bytes()
