"""Demo records are what Odoo's RPC would return: keys, empty values, references, labels, ids and times."""

import json
from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest

from etl.demo import records
from etl.demo.chatter import LANGUAGES
from etl.demo.prototypes import UNBEGUN
from etl.source import discover

SOURCES = {name: discover()[name] for name in records(days=2)}
TRACKED = {source.model: name for name, source in SOURCES.items() if source.tracked}

# Which source holds what a many2one (or a list of ids) refers to.
REFERENCES = {
    "calendar_id": "resource_calendar",
    "categ_id": "product_category",
    "company_id": "res_company",
    "log_id": "auditlog_log",
    "model_id": "ir_model",
    "write_uid": "res_users",
    "create_uid": "res_users",
    "currency_id": "res_currency",
    "definition_id": "tier_definition",
    "done_by": "res_users",
    "mail_message_id": "mail_message",
    "move_dest_ids": "stock_move",
    "partner_id": "res_partner",
    "author_id": "res_partner",
    "backorder_id": "stock_picking",
    "picking_id": "stock_picking",
    "sale_id": "sale_order",
    "sale_line_id": "sale_order_line",
    "bom_id": "mrp_bom",
    "partner_bank_id": "res_partner_bank",
    "commercial_partner_id": "res_partner",
    "group_ids": "res_groups",
    "implied_ids": "res_groups",
    "reviewer_ids": "res_users",
    "picking_type_id": "stock_picking_type",
    "product_id": "product_product",
    "product_tmpl_id": "product_template",
    "production_id": "mrp_production",
    "purchase_line_id": "purchase_order_line",
    "raw_material_production_id": "mrp_production",
    "requested_by": "res_users",
    "resource_calendar_id": "resource_calendar",
    "reviewer_id": "res_users",
    "user_id": "res_users",
    "warehouse_id": "stock_warehouse",
    "mo_id": "mrp_production",
    "scrap_reason_tag_ids": "stock_scrap_reason_tag",
    "action_ids": "mgmtsystem_action",
    "severity_id": "mgmtsystem_nonconformity_severity",
    "workcenter_id": "mrp_workcenter",
    "workorder_id": "mrp_workorder",
    "lot_id": "stock_lot",
    "origin_returned_move_id": "stock_move",
}
PARENT = {"product_category": "product_category", "res_partner": "res_partner"}
ORDER = {"purchase_order_line": "purchase_order", "sale_order_line": "sale_order"}
FIELD = "ir_model_fields"
NOT_INSTALLED = {
    "qc_inspection": {"picking_id", "lot_id", "production_id"},
    "sale_order_line": {"unit_cost"},
    "stock_lot": {"expires_at", "best_before_at", "remove_at", "alert_at"},
    "stock_picking": {"batch_id"},
}
WHOLE = {"customer_lead_days"}  # whole numbers in Odoo 19, which once were none
GONE = {"old_value_monetary", "new_value_monetary"}  # fields that go before those of today where a server has both


def odoo_name(source, column: str) -> str:
    """The Odoo 19 field a column comes from: the first candidate it has."""
    return next(name for name in source.fields[column].candidates or (column,) if name not in GONE)


def columns_of(source) -> dict:
    """The columns that Odoo 19 Community has with the modules of the demo plants."""
    return {
        name: field
        for name, field in source.fields.items()
        if not field.until and "Enterprise" not in field.only and name not in NOT_INSTALLED.get(source.name, ())
    }


def stored(name: str, record: dict) -> dict:
    """A record without what Odoo computes when asked: that changes and leaves the write date alone."""
    computed = {odoo_name(SOURCES[name], column) for column, f in SOURCES[name].fields.items() if f.computed}
    return {field: value for field, value in record.items() if field not in computed}


def test_same_seed_and_now_give_the_same_records():
    now = datetime(2026, 6, 17, 14, tzinfo=UTC)
    first, second = (json.dumps(records(seed=5, now=now, days=40)) for _ in range(2))
    assert first == second
    assert json.dumps(records(seed=6, now=now, days=40)) != first


def test_a_later_now_continues_the_records():
    anchor = datetime(2026, 6, 17, 14, tzinfo=UTC)
    before = records(now=anchor, days=40)
    after = records(now=anchor + timedelta(hours=30), days=40, anchor=anchor)
    for name in ("mail_message", "mail_tracking_value", "auditlog_log", "auditlog_log_line"):
        assert after[name][: len(before[name])] == before[name]
        assert len(after[name]) > len(before[name])
    for name in ("mrp_production", "purchase_order", "stock_move", "tier_review"):
        old = {record["id"]: record["create_date"] for record in before[name]}
        assert old.items() <= {record["id"]: record["create_date"] for record in after[name]}.items()
        untouched = [r for r in after[name] if r["write_date"] < f"{anchor:%Y-%m-%d %H:%M:%S}"]
        ids = {record["id"] for record in untouched}
        assert [stored(name, r) for r in before[name] if r["id"] in ids] == [stored(name, r) for r in untouched]


def test_now_defaults_to_the_current_hour():
    latest = max(message["date"] for message in records(days=20)["mail_message"])
    assert latest <= f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}"


def test_size(demo):
    sizes = {name: len(found) for name, found in demo.items()}
    assert 11_000 < sizes["mrp_production"] < 15_500
    assert 3_300 < sizes["purchase_order"] < 4_700
    assert 45_000 < sizes["stock_move"] < 70_000
    assert 100_000 < sizes["mail_message"] < 160_000
    assert 5_500 < sizes["stock_picking"] < 9_000
    assert 1_300 < sizes["sale_order"] < 1_900
    assert 2_500 < sizes["account_move"] < 4_500
    assert 70_000 < sizes["mail_tracking_value"] < 145_000
    assert sizes["tier_review"] > 200


@pytest.mark.parametrize("name", SOURCES)
def test_keys_are_the_fields_the_source_asks_for(demo, name):
    source = SOURCES[name]
    expected = {"id"} | {odoo_name(source, column) for column in columns_of(source)}
    expected |= {source.cursor} if source.cursor and source.kind == "mutable" else set()
    expected |= {"lang"} if source.languages else set()
    assert {frozenset(record) for record in demo[name]} == {frozenset(expected)}


@pytest.mark.parametrize("name", SOURCES)
def test_values_have_the_type_odoo_returns(demo, name):
    allowed = {"integer": int, "float": float, "boolean": bool, "many2one": int, "many2many": list}
    source = SOURCES[name]
    for column, field in columns_of(source).items():
        values = [record[odoo_name(source, column)] for record in demo[name]]
        always = field.type in ("integer", "float", "boolean", "many2many")
        types = {type(value) for value in values if value is not False or always}
        expected = int if column in WHOLE else allowed.get(field.type, str)
        assert types <= {expected}, column
        if field.type in ("datetime", "date"):
            layout = "%Y-%m-%d %H:%M:%S" if field.type == "datetime" else "%Y-%m-%d"
            written = [value for value in values[::40] if value]
            assert [datetime.strptime(value, layout).strftime(layout) for value in written] == written


@pytest.mark.parametrize("name", SOURCES)
def test_ids_ascend_in_the_order_of_creation(demo, name):
    ids = [(record["id"], LANGUAGES.index(record.get("lang", "en_US"))) for record in demo[name]]
    assert ids == sorted(set(ids))
    created = [record["create_date"] for record in demo[name] if "create_date" in record]
    assert created == sorted(created)


@pytest.mark.parametrize("name", SOURCES)
def test_every_reference_resolves(demo, name):
    ids = {source: {record["id"] for record in found} for source, found in demo.items()}
    fields = {odoo_name(SOURCES[name], column) for column in columns_of(SOURCES[name])}
    for field in fields & ({"parent_id", "field_id", "order_id"} | set(REFERENCES)):
        own = {"parent_id": PARENT.get(name), "field_id": FIELD, "order_id": ORDER.get(name)}
        target = own.get(field) or REFERENCES[field]
        for record in demo[name]:
            value = record[field]
            assert set(value if isinstance(value, list) else [value] if value else []) <= ids[target], field
    if "res_id" in fields and name != "ir_model_data":
        models = {model["id"]: model["model"] for model in demo["ir_model"]}
        named = [r.get("model") or r.get("res_model") or models[r["model_id"]] for r in demo[name]]
        sources = [TRACKED.get(model, model.replace(".", "_")) for model in named]
        assert all(r["res_id"] in ids[source] for r, source in zip(demo[name], sources, strict=True))


def test_every_label_resolves_to_one_key(demo):
    labels = defaultdict(set)
    for selection in demo["ir_model_fields_selection"]:
        labels[selection["field_id"], selection["name"]].add(selection["value"])
    assert all(len(values) == 1 for values in labels.values())
    selections = {field["id"] for field in demo[FIELD] if field["ttype"] == "selection"}
    used = set()
    for value in demo["mail_tracking_value"]:
        if value["field_id"] in selections:
            used |= {(value["field_id"], value[side]) for side in ("old_value_char", "new_value_char")}
    assert {key for key in used if key[1]} <= labels.keys()
    assert {"Brouillon", "Confirmé", "Prêt", "Annulé", "À approuver"} <= {label for _, label in used}


def test_tracked_states_end_in_the_state_of_the_record(demo):
    keys = {(s["field_id"], s["name"]): s["value"] for s in demo["ir_model_fields_selection"]}
    fields = {field["id"]: field for field in demo[FIELD]}
    messages = {message["id"]: message for message in demo["mail_message"]}
    last = {}
    for value in demo["mail_tracking_value"]:
        field, message = fields[value["field_id"]], messages[value["mail_message_id"]]
        if field["ttype"] == "selection":
            case = (message["model"], message["res_id"], field["name"])
            old, new = (keys.get((field["id"], value[f"{side}_value_char"]), False) for side in ("old", "new"))
            assert last.get(case, old) == old
            last[case] = new
    for model, name in TRACKED.items():
        for record in demo[name]:
            for field in ("state", "reservation_state"):
                if (model, record["id"], field) in last:
                    assert record[field] == last[model, record["id"], field]


def test_times_are_in_order(demo, demo_now):
    now = f"{demo_now:%Y-%m-%d %H:%M:%S}"
    for found in demo.values():
        for record in found:
            assert record.get("create_date", "") <= record.get("write_date", now) <= now
    created = {(model, r["id"]): r[SOURCES[name].created] for model, name in TRACKED.items() for r in demo[name]}
    latest = {}
    for message in demo["mail_message"]:
        document = message["model"], message["res_id"]
        assert created[document] <= message["create_date"] <= message["date"] <= now
        assert latest.get(document, "") <= message["date"]
        latest[document] = message["date"]
    silent = ("queue.job", "res.partner.bank")  # nothing is said of most of them
    assert latest.keys() == {d for d in created if d[0] not in silent} | {d for d in latest if d[0] in silent}
    done = [order for order in demo["mrp_production"] if order["state"] == "done"]
    assert all(order["create_date"] <= min(order["date_start"], order["date_finished"]) for order in done)
    assert all(order["date_finished"] <= now for order in done)
    # Odoo leaves the planned start in an order that nobody began.
    assert sum(order["date_start"] > order["date_finished"] for order in done) <= UNBEGUN[1]


def test_reviews_come_in_sequence(demo):
    reviews = defaultdict(list)
    for review in demo["tier_review"]:
        reviews[review["res_id"]].append(review)
    for first, second in reviews.values():
        assert (first["sequence"], second["sequence"]) == (1, 2)
        expected = {"approved": ("pending", "approved", "rejected"), "pending": ("waiting",)}
        assert second["status"] in expected.get(first["status"], ("cancel",))
        if second["done_by"]:
            assert first["reviewed_date"] < second["reviewed_date"]


def test_purchases_and_orders_are_linked(demo):
    moves = {move["id"]: move for move in demo["stock_move"]}
    links = [(m, moves[target]) for m in demo["stock_move"] for target in m["move_dest_ids"]]
    held = [link for link in links if not link[1]["raw_material_production_id"] and not link[1]["picking_id"]]
    links = [(source, target) for source, target in links if target["raw_material_production_id"]]
    bought = [(receipt, raw) for receipt, raw in links if receipt["purchase_line_id"]]
    made = [(child, raw) for child, raw in links if child["production_id"]]
    assert len(bought) > 300
    assert len(made) > 300
    for source, raw in bought + made:
        assert (source["product_id"], source["company_id"]) == (raw["product_id"], raw["company_id"])
    # what a receipt hands on into quarantine, and what leaves it
    assert len(held) > 300
    for source, target in held:
        assert (source["product_id"], source["company_id"]) == (target["product_id"], target["company_id"])
        assert source["location_dest_id"] == target["location_id"] and source["date"] < target["date"]


def test_plants_are_told_apart_by_company_and_code(demo):
    plants = [(w["company_id"], w["code"]) for w in demo["stock_warehouse"]]
    assert len(set(plants)) == len(plants) == 4
    assert len({code for _, code in plants}) == 3
    assert {calendar["tz"] for calendar in demo["resource_calendar"]} == {
        "America/Chicago",
        "Asia/Singapore",
        "Europe/Paris",
    }
