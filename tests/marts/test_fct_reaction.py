"""What was done about delays, shortages, changed demand and failed checks, and when."""

from datetime import date

import pytest

from tests.conftest import PLANTS, Chatter
from tests.marts.test_fct_hold import CAGE, MASTER, STOCK, VENDOR, Goods
from tests.rows import at, bought, order, purchase, sold, versions

MO, QC, CHECK = "mrp.production", "qc.inspection", "quality.check"
EVER = (date(2000, 1, 1), date(2100, 1, 1))
FIELDS = [
    {"id": 32, "document_model": MO, "field_name": "product_qty", "field_type": "float"},
    {"id": 51, "document_model": QC, "field_name": "state", "field_type": "selection"},
    {"id": 52, "document_model": CHECK, "field_name": "quality_state", "field_type": "selection"},
]
STATES = ("draft", "ready", "waiting", "success", "failed")
SELECTION = [
    {"id": 920 + n, "lang": "en_US", "field_id": 51, "value": value, "label": value.title()}
    for n, value in enumerate(STATES)
] + [
    {"id": 930 + n, "lang": "en_US", "field_id": 52, "value": value, "label": value.title()}
    for n, value in enumerate(("none", "pass", "fail"))
]


def planned(id: int, start: str, seen: str, state: str = "confirmed", **values) -> dict:
    start_at = at(f"2026-01-{start}")
    dates = {"started_at": start_at, "finished_at": start_at.replace(hour=start_at.hour + 2)}
    return order(id, state=state, seen=f"2026-01-{seen}") | dates | values


class Story(Chatter):
    """Chatter with fields that these tests alone track."""

    def change(self, moment: str, model: str, document: int, field: int, **values) -> None:
        self.say(moment, model, document)
        row = {"id": 5000 + len(self.records["mail_tracking_value"]), "field_id": field}
        row["message_id"] = self.records["mail_message"][-1]["id"]
        self.records["mail_tracking_value"].append(row | values)


@pytest.fixture(scope="module")
def built(build):
    story, rows = Story(), []

    def released(id: int, label: str = "Ready", begun: str | None = None, state: str = "In Progress") -> None:
        story.say("2026-01-06 10:00", MO, id, state=("Draft", "Confirmed"), reservation_state=("", label))
        if begun:
            story.say(f"2026-01-{begun}", MO, id, state=("Confirmed", state))

    # delays: 15 bought for after it was late, 1 planned anew a day later, then begun in time; 2 begun too late without;
    # 3 begun within the tolerance; 4 planned anew before it was late; 5 neither begun nor planned anew; 6 not due yet
    released(1, begun="14 07:00")
    rows += versions(planned(1, "12 08:00", "06 12:00"), planned(1, "14 08:00", "13 08:00"),
                     planned(1, "14 07:00", "15 05:00", "progress"))  # fmt: skip
    released(2, begun="12 16:00:01")
    rows += versions(planned(2, "12 08:00", "06 12:00"), planned(2, "12 16:00:01", "15 05:00", "progress"))
    released(3, begun="12 16:00:00")
    rows += versions(planned(3, "12 08:00", "06 12:00"), planned(3, "12 16:00:00", "15 05:00", "progress"))
    released(4, begun="14 08:00")
    rows += versions(planned(4, "12 08:00", "06 12:00"), planned(4, "14 08:00", "11 08:00"),
                     planned(4, "14 08:00", "15 05:00", "progress"))  # fmt: skip
    released(5)
    rows += versions(planned(5, "12 08:00", "06 12:00"))
    released(6)
    rows += versions(planned(6, "20 08:00", "06 12:00"))
    released(15, begun="14 08:00")
    rows += versions(planned(15, "12 08:00", "06 12:00"), planned(15, "14 08:00", "15 05:00", "progress"))
    # shortages: 16 planned anew, 7 bought for, 8 ended by itself, 9 still open with a purchase from before it, 10 has
    # a part made for it
    for id in (7, 8, 9, 10):
        released(id, "Waiting")
        rows.append(planned(id, "20 08:00", "06 12:00"))
    for id in (7, 8, 10):
        story.say("2026-01-09 10:00", MO, id, reservation_state=("Waiting", "Ready"))
    rows.append(order(11, origin="WH/MO/00010", created_at=at("2026-01-06 10:00")))
    released(16, "Waiting")
    rows += versions(planned(16, "20 08:00", "06 12:00"), planned(16, "22 08:00", "08 08:00"))
    # quantities: 12 planned anew after it, 13 not yet, 14 changed as a draft
    for id in (12, 13):
        released(id)
        story.change("2026-01-08 10:00", MO, id, 32, old_float=5.0, new_float=9.0)
    rows += versions(planned(12, "20 08:00", "06 12:00"), planned(12, "21 08:00", "09 10:00"))
    rows.append(planned(13, "20 08:00", "06 12:00"))
    rows.append(order(14))
    story.change("2026-01-05 10:00", MO, 14, 32, old_float=5.0, new_float=9.0)

    # inspections: 1 taken up again, 2 rejected without a word, 3 waits, 4 passed
    def inspected(id: int, *steps: tuple[str, str, str]) -> None:
        for moment, old, new in steps:
            story.change(f"2026-01-{moment}", QC, id, 51, old_label=old.title(), new_label=new.title())

    inspected(1, ("07 10:00", "ready", "waiting"), ("07 11:00", "waiting", "failed"), ("08 10:00", "failed", "draft"))
    inspected(2, ("07 10:00", "ready", "waiting"), ("07 11:00", "waiting", "failed"))
    inspected(3, ("07 10:00", "ready", "waiting"))
    inspected(4, ("07 10:00", "ready", "success"))
    return build(
        at("2026-01-18 12:00"),
        ir_model_fields=[*PLANTS["ir_model_fields"], *FIELDS],
        ir_model_fields_selection=[*PLANTS["ir_model_fields_selection"], *SELECTION],
        mrp_production=[{key: value for key, value in row.items() if key != "seen"} for row in rows],
        purchase_order=[
            purchase(1, origin="WH/MO/00007", created_at=at("2026-01-07 15:00")),
            purchase(2, origin="WH/MO/00009", created_at=at("2026-01-06 09:00")),
            purchase(3, origin="WH/MO/00008", created_at=at("2026-01-09 10:01")),
            purchase(4, origin="WH/MO/00015", created_at=at("2026-01-12 18:00")),
        ],
        qc_inspection=[
            {"id": id, "name": f"QC{id}", "state": state, "company_id": 2, "created_at": at("2026-01-07 09:00"),
             "done_at": done and at(done)}
            for id, state, done in (
                (1, "draft", None), (2, "failed", "2026-01-07 11:00"), (3, "waiting", None),
                (4, "success", "2026-01-07 10:00"),
            )
        ],
        **story.records,
    )  # fmt: skip


@pytest.fixture(scope="module")
def found(built):
    rows = built.rows("select * from fct_reaction")
    return {
        (row["record_model"], row["record_id"], row["trigger"]): tuple(
            row[name] and str(row[name]) for name in ("triggered_at", "reaction", "reacted_at", "closed_at")
        )
        for row in rows
    }


def test_delays(found):
    assert found[MO, 1, "delay"] == ("2026-01-12 08:00:00", "re-plan", "2026-01-13 08:00:00", "2026-01-14 07:00:00")
    assert found[MO, 2, "delay"] == ("2026-01-12 08:00:00", None, None, "2026-01-12 16:00:01")
    assert found[MO, 5, "delay"] == ("2026-01-12 08:00:00", None, None, None)
    assert found[MO, 15, "delay"] == (
        "2026-01-12 08:00:00",
        "procurement",
        "2026-01-12 18:00:00",
        "2026-01-14 08:00:00",
    )
    assert not {(MO, id, "delay") for id in (3, 4, 6)} & found.keys()


def test_shortages(found):
    short, ready = "2026-01-06 10:00:00", "2026-01-09 10:00:00"
    assert found[MO, 7, "shortage"] == (short, "procurement", "2026-01-07 15:00:00", ready)
    assert found[MO, 8, "shortage"] == (short, None, None, ready), "bought for after it had ended"
    assert found[MO, 9, "shortage"] == (short, None, None, None), "bought for before it began"
    assert found[MO, 10, "shortage"] == (short, "procurement", short, ready)
    assert found[MO, 16, "shortage"] == (short, "re-plan", "2026-01-08 08:00:00", None)


def test_changes_of_quantity(found):
    changed = "2026-01-08 10:00:00"
    assert found[MO, 12, "demand change"] == (changed, "re-plan", "2026-01-09 10:00:00", None)
    assert found[MO, 13, "demand change"] == (changed, None, None, None)
    assert (MO, 14, "demand change") not in found


def test_failed_inspections(found):
    failed = "2026-01-07 10:00:00"
    assert found[QC, 1, "failed check"][:3] == (failed, "rework", "2026-01-08 10:00:00")
    assert found[QC, 2, "failed check"] == (failed, None, None, "2026-01-07 11:00:00")
    assert found[QC, 3, "failed check"] == (failed, None, None, None)
    assert (QC, 4, "failed check") not in found


def test_the_kpis(built, found):
    answered = [row for row in found.values() if row[2]]
    ended = [row for row in found.values() if row[3] and not row[2]]
    still_open = [row for row in found.values() if not row[2] and not row[3]]
    assert (len(answered), len(ended), len(still_open)) == (7, 3, 4)
    rows = built.kpi_rows("reaction_time", *EVER)
    assert len(rows) == 11 and sum(row["ended_at"] is None for row in rows) == 4
    assert {row["record_id"]: row["elapsed_seconds"] for row in rows if row["ended_at"]} == {
        7: 29 * 3600, 10: 0, 12: 86400, 1: 86400, 15: 10 * 3600, 16: 46 * 3600,
    }  # fmt: skip
    [share] = built.kpi("no_reaction_share", *EVER)
    assert (share["value"], share["n"]) == (3 / 10, 10)
    by_trigger = {row["cut"]: (row["value"], row["n"]) for row in built.kpi("no_reaction_share", *EVER, by="trigger")}
    assert by_trigger == {
        "delay": (pytest.approx(1 / 3), 3), "shortage": (0.25, 4), "demand change": (0.0, 1), "failed check": (0.5, 2),
    }  # fmt: skip
    by_reaction = {row["cut"]: (row["value"], row["n"]) for row in built.kpi("no_reaction_share", *EVER, by="reaction")}
    assert by_reaction == {"re-plan": (0.0, 3), "procurement": (0.0, 3), "rework": (0.0, 1), "(none)": (1.0, 3)}
    times = {row["cut"]: row["value"] for row in built.kpi("reaction_time", *EVER, by="reaction")}
    assert times["procurement"] == 10 * 3600 and times["rework"] == 86400


def told(built, trigger: str) -> dict[tuple, tuple]:
    """(reaction, when) of each record that was disturbed so."""
    rows = built.rows("select * from fct_reaction where trigger = $trigger", trigger=trigger)
    return {
        (row["record_model"], row["record_id"]): (
            row["reaction"],
            row["reacted_at"] and f"{row['reacted_at']:%d %H:%M}",
        )
        for row in rows
    }


def test_a_shortage_may_end_by_what_was_ordered_before_it_began(build):
    """The component comes from a purchase (1) or an order (2) from before, or from one of after (3); of another product
    (4), into another plant (5), and after the wait was over (6) it filled none."""
    chatter, moves, lines, purchases = Chatter(), [], [], []

    def short(id: int, product: int, arrives: str | None, ordered: str, plant: int = 1) -> None:
        chatter.say(f"2026-01-0{id} 08:00", MO, id, state=("Draft", "Confirmed"), reservation_state=("", "Waiting"))
        chatter.say(f"2026-01-0{id} 18:00", MO, id, reservation_state=("Waiting", "Ready"))
        moves.append({"id": id, "state": "assigned", "raw_material_production_id": id, "product_id": 10 + id})
        lines.append({"id": id, "move_id": id, "created_at": at(f"2026-01-0{id} 18:00")})
        if arrives:
            chatter.say(f"2026-01-0{ordered}", "purchase.order", id, state=("RFQ", "Purchase Order"))
            purchases.append(purchase(id, state="purchase", picking_type_id=2 + plant, company_id=plant,
                                      created_at=at("2025-12-20 08:00")))  # fmt: skip
            moves.append({"id": 100 + id, "state": "done", "purchase_line_id": id, "product_id": product,
                          "moved_at": at(f"2026-01-0{arrives}"), "source_location_id": VENDOR,
                          "destination_location_id": STOCK, "reserved_quantity": 10.0})  # fmt: skip

    short(1, 11, "1 17:00", "1 07:00")
    short(2, 12, None, "")
    short(3, 13, "3 17:00", "3 09:00")
    short(4, 99, "4 17:00", "4 07:00")
    short(5, 15, "5 17:00", "5 07:00", plant=2)
    short(6, 16, "6 18:02", "6 07:00")
    chatter.say("2026-01-01 09:00", MO, 7, state=("Draft", "Confirmed"))
    chatter.say("2026-01-02 17:00", MO, 7, state=("Confirmed", "Done"))
    made = order(7, product_id=12, state="done", created_at=at("2026-01-01 08:00"), origin="OP/1")
    built = build(
        at("2026-01-18 12:00"),
        stock_location=MASTER["stock_location"],
        product_product=[{"id": n, "product_tmpl_id": 1, "default_code": f"T-{n}"} for n in (1, *range(11, 17), 99)],
        mrp_production=[*(order(id, state="confirmed", created_at=at("2025-12-20 08:00")) for id in range(1, 7)), made],
        purchase_order=purchases,
        purchase_order_line=[
            bought(row["id"], row["id"], product_id=99 if row["id"] == 4 else 10 + row["id"]) for row in purchases
        ],
        stock_move=moves,
        stock_move_line=lines,
        **chatter.records,
    )
    found = {id: reaction for (_, id), reaction in told(built, "shortage").items()}
    assert found == {
        1: ("already under way", None), 2: ("already under way", None), 3: ("procurement", "03 09:00"),
        4: (None, None), 5: (None, None), 6: (None, None),
    }  # fmt: skip
    [share] = built.kpi("no_reaction_share", *EVER)
    assert (share["value"], share["n"]) == (0.5, 6)
    assert [row["record_id"] for row in built.kpi_rows("reaction_time", *EVER)] == [3]


def test_a_changed_sales_line_is_a_change_of_demand(build):
    """Of 1 the order follows, for 2 another order is made, 3 gets a new plan; 4 is left as it is. A quotation (5),
    another product of the sale (6) and what was made already (7) change no demand."""
    story, sales, lines, orders = Story(), [], [], []
    for id in range(1, 8):
        sale, line = sold(id, state="draft" if id == 5 else "sale")
        sales.append(sale)
        line |= {"state": sale["state"], "product_id": 2 if id == 6 else 1}
        lines += versions(line | {"seen": "2026-01-06 12:00"}, line | {"quantity": 15.0, "seen": "2026-01-08 12:00"})
        own = planned(id, "20 08:00", "06 12:00", "done" if id == 7 else "confirmed", origin=f"S{id:05d}")
        story.say("2026-01-06 10:00", MO, id, state=("Draft", "Confirmed"))
        orders += versions(own, planned(id, "21 08:00", "09 10:00", origin=f"S{id:05d}")) if id == 3 else versions(own)
    story.say("2026-01-07 10:00", MO, 7, state=("Confirmed", "Done"))
    story.change("2026-01-08 11:30", MO, 1, 32, old_float=10.0, new_float=15.0)
    orders.append(order(8, origin="S00002", created_at=at("2026-01-08 11:10")))
    built = build(
        at("2026-01-18 12:00"),
        ir_model_fields=[*PLANTS["ir_model_fields"], *FIELDS],
        product_product=MASTER["product_product"],
        mrp_production=[{key: value for key, value in row.items() if key != "seen"} for row in orders],
        sale_order=sales,
        sale_order_line=lines,
        **story.records,
    )
    rows = built.rows("select * from fct_reaction where trigger = 'demand change'")
    found = {(row["record_id"], f"{row['triggered_at']:%d %H:%M}"): row["reaction"] for row in rows}
    assert found == {
        (1, "08 12:00"): "re-plan", (2, "08 12:00"): "procurement", (3, "08 12:00"): "re-plan",
        (4, "08 12:00"): None,
    }  # fmt: skip


def test_containment_is_what_keeps_bad_goods_out(build):
    """Checks of a lot each that failed on the 7th: 1 scrapped, 2 sent back, 3 put into quarantine, 4 there already, 5
    only released, 6 nothing. 7, without a lot, is answered by a new plan of its order, 8 by checking again, 10 by what
    comes into quarantine of its product; 9 is of another product, and 11 does not say which goods it is of."""
    story, goods = Story(), Goods()
    goods.go("05 08:00", VENDOR, STOCK, lot=2, purchase_line_id=1)
    goods.go("09 08:00", STOCK, VENDOR, lot=2, returned_move_id=1)
    goods.go("08 08:00", STOCK, CAGE, lot=3)
    goods.go("06 08:00", STOCK, CAGE, lot=4)
    goods.go("08 08:00", STOCK, CAGE, product=2, lot=None)
    for id in (7, 8):
        story.say("2026-01-06 10:00", MO, id, state=("Draft", "Confirmed"))
    story.change("2026-01-07 08:00", CHECK, 8, 52, old_label="None", new_label="Fail")
    story.change("2026-01-08 09:00", CHECK, 8, 52, old_label="Fail", new_label="Pass")

    def failed(id: int, **values) -> dict:
        lot = {"lot_ids": [id]} if id < 7 else {"lot_ids": []}
        moments = {"created_at": at("2026-01-05 08:00"), "checked_at": at("2026-01-07 08:00")}
        return (
            {"id": id, "name": f"QC{id}", "result": "fail", "company_id": 1, "product_id": 1} | lot | moments | values
        )

    lots = [{"id": id, "name": f"LOT-{id}", "product_id": 1, "location_id": STOCK} for id in range(7)]
    built = build(
        at("2026-01-18 12:00"),
        **MASTER | {"stock_lot": lots},
        ir_model_fields=[*PLANTS["ir_model_fields"], *FIELDS],
        ir_model_fields_selection=[*PLANTS["ir_model_fields_selection"], *SELECTION],
        mrp_production=[
            {key: value for key, value in row.items() if key != "seen"}
            for row in (
                *versions(planned(7, "20 08:00", "06 12:00"), planned(7, "21 08:00", "08 10:00")),
                planned(8, "20 08:00", "06 12:00"), order(9, state="confirmed"),
            )
        ],
        quality_check=[
            *(failed(id) for id in range(1, 7)),
            failed(7, production_id=7),
            failed(8, production_id=8, result="pass", checked_at=at("2026-01-08 09:00")),
            failed(9, production_id=9),
            failed(10, production_id=9, product_id=2),
            failed(11, product_id=2),
            failed(12, result="pass"),
        ],
        quality_alert=[{"id": 5, "name": "QA5", "company_id": 1, "check_id": 5, "created_at": at("2026-01-07 09:00"),
                        "closed_at": at("2026-01-09 08:00")}],
        stock_scrap=[{"id": 1, "state": "done", "done_at": at("2026-01-08 08:00"), "lot_id": 1, "product_id": 1}],
        **goods.records,
        **story.records,
    )  # fmt: skip
    assert {id: reaction for (_, id), reaction in told(built, "failed check").items()} == {
        1: ("containment", "08 08:00"), 2: ("containment", "09 08:00"), 3: ("containment", "08 08:00"),
        4: ("containment", "07 08:00"), 5: (None, None), 6: (None, None), 7: ("re-plan", "08 10:00"),
        8: ("rework", "08 09:00"), 9: (None, None),
        10: ("containment", "08 08:00"), 11: (None, None),
    }  # fmt: skip
