"""Odoo's rows as Arrow, and fields resolved against what a server has."""

from datetime import date, datetime

import pytest

from etl import extract, landing, load, plan, resolve, status
from etl.odoo import OdooError
from etl.plan import Known, Mode
from etl.resolve import Resolved, _pick
from etl.source import Source, column, discover
from etl.table import to_table
from tests.etl.fake_odoo import FakeOdoo

SOURCE = Source(
    model="x.y",
    name="x_y",
    without="",
    fields={
        "name": column("char"),
        "flag": column("boolean"),
        "count": column("integer"),
        "price": column("float"),
        "partner_id": column("many2one"),
        "day": column("date"),
        "at": column("datetime", "date_start"),
        "tags": column("many2many"),
        "gone": column("char"),
    },
)
FIELDS = {name: (field.candidates or (name,))[0] for name, field in SOURCE.fields.items()} | {"gone": None}
FULL = {
    "id": 1,
    "name": "Łódź",
    "flag": False,
    "count": 0,
    "price": 0,
    "partner_id": 7,
    "day": "2024-02-29",
    "date_start": "2026-03-29 01:30:00",
    "tags": [2, 1],
    "write_date": "2026-01-01 00:00:01",
}


def test_values_keep_their_type_and_false_means_empty_except_for_booleans():
    empty = dict.fromkeys(FULL, False) | {
        "id": 2,
        "count": 0,
        "price": 0.0,
        "tags": [],
        "write_date": "2026-01-01 00:00:02",
    }
    first, second = to_table(SOURCE, FIELDS, [FULL, empty], "odoo").to_pylist()
    assert first["name"] == "Łódź" and second["name"] is None
    assert (first["flag"], second["flag"]) == (False, False)
    assert (second["count"], second["price"], second["partner_id"]) == (0, 0.0, None)
    assert first["day"] == date(2024, 2, 29) and second["day"] is None
    assert first["at"] == datetime(2026, 3, 29, 1, 30)
    assert (first["tags"], second["tags"]) == ([1, 2], [])
    assert (first["gone"], first["instance"]) == (None, "odoo")
    assert first["_cursor"] == datetime(2026, 1, 1, 0, 0, 1)


def test_no_rows_give_a_table_of_the_same_shape():
    assert to_table(SOURCE, FIELDS, [], "odoo").schema == to_table(SOURCE, FIELDS, [FULL], "odoo").schema


def test_far_off_dates_survive():
    [row] = to_table(
        SOURCE, FIELDS, [FULL | {"date_start": "9999-12-31 23:59:59", "day": "0001-01-01"}], "odoo"
    ).to_pylist()
    assert row["at"] == datetime(9999, 12, 31, 23, 59, 59) and row["day"] == date(1, 1, 1)


@pytest.mark.parametrize(
    ("available", "picked"),
    [
        ({"field_id": {"type": "many2one", "store": True}}, "field_id"),
        ({"field": {"type": "many2one", "store": True}}, "field"),
        ({"field": {"type": "many2one", "store": True}, "field_id": {"type": "many2one", "store": True}}, "field_id"),
        ({"field_id": {"type": "many2one", "store": False}, "field": {"type": "many2one", "store": True}}, "field"),
        ({"field_id": {"type": "char", "store": True}}, None),
        ({}, None),
    ],
)
def test_the_first_stored_candidate_of_the_right_type_is_taken(available, picked):
    source = Source(model="m", without="", fields={"field_id": column("many2one", "field_id", "field")})
    assert _pick(source, "field_id", available) == picked


def test_amounts_of_money_come_from_the_columns_a_version_keeps_them_in():
    number = {"type": "float", "store": True}
    source = discover()["mail_tracking_value"]
    old = {"old_value_float": number, "old_value_monetary": number}
    assert (_pick(source, "old_amount", old), _pick(source, "old_float", old)) == (
        "old_value_monetary",
        "old_value_float",
    )
    assert _pick(source, "old_amount", {"old_value_float": number}) == "old_value_float"


def test_what_a_server_lacks_is_listed():
    assert Resolved(SOURCE, FIELDS, SOURCE.model).missing == ["gone"]


def test_an_unknown_column_type_is_refused():
    with pytest.raises(ValueError, match="field type 'money' is unknown; use one of"):
        column("money")


def test_a_single_reference_fills_a_list():
    source = Source(model="m", without="", fields={"lots": column("many2many", "lot_ids", "lot_id")}, cursor=None)
    assert _pick(source, "lots", {"lot_id": {"type": "many2one", "store": True}}) == "lot_id"
    rows = [{"id": 1, "lot_id": 7}, {"id": 2, "lot_id": False}]
    assert to_table(source, {"lots": "lot_id"}, rows, "odoo")["lots"].to_pylist() == [[7], []]


def test_columns_of_other_versions_and_modules_are_not_missing():
    fields = {
        "old": column("char", until=16),
        "extra": column("char", only="another module"),
        "gone": column("char"),
    }
    source = Source(model="m", without="", fields=fields)
    assert Resolved(source, dict.fromkeys(fields), "m").missing == ["gone"]


LOT = Source(
    model="stock.lot",
    name="stock_lot",
    without="lots are lost",
    former_models=("stock.production.lot",),
    fields={"name": column("char")},
)
TYPES = {"name": "char", "state": "selection", "write_date": "datetime", "create_date": "datetime"}


@pytest.mark.parametrize("model", LOT.models)
def test_a_model_is_found_under_the_name_the_version_gives_it(model, tmp_path):
    odoo = FakeOdoo({model: (TYPES, [{"id": 1, "name": "L1"}])})
    [resolved] = resolve.resolve(odoo, [LOT], [])
    assert (resolved.model, resolved.absent) == (model, False)
    run = tmp_path / "landing" / "20260101T000000Z"
    extract.read(odoo, resolved, [], run, Known(), lambda *progress: None, Mode(datetime(2026, 1, 1)))
    assert odoo.read == [1]


def test_a_model_under_none_of_its_names_is_absent():
    [resolved] = resolve.resolve(FakeOdoo({}), [LOT], [])
    assert resolved.absent and resolved.model == "stock.lot"


def test_only_needed_models_stop_a_user_without_rights(tmp_path):
    odoo = FakeOdoo({"stock.lot": (TYPES, [{"id": 1}])}, refused=("stock.lot",))
    [resolved] = resolve.resolve(odoo, [LOT], [])
    assert resolved.refused and not resolved.absent
    run = tmp_path / "landing" / "20260101T000000Z"
    extract.read(odoo, resolved, [], run, Known(), lambda *progress: None, Mode(datetime(2026, 1, 1)))
    assert odoo.read == []
    facts = landing.read_done(run, LOT, "odoo")
    assert (facts["refused"], facts["absent"], facts["swept"]) == (True, False, False)
    with pytest.raises(OdooError, match=r"'reader' may not read stock\.lot on odoo, so lots are lost: give it"):
        resolve.resolve(odoo, [Source(model="stock.lot", without="lots are lost", fields={}, needed=True)], [])


MOVE = Source(
    model="stock.move",
    name="stock_move",
    without="",
    open_domain=(("state", "!=", "done"),),
    computed_domain=(("state", "=", "waiting"),),
    fields={"state": column("selection"), "forecast": column("float", computed=True)},
)
MOVES = [
    {"id": 1, "state": "done", "forecast": 1.0, "write_date": "2026-01-01 00:00:00"},
    {"id": 2, "state": "waiting", "forecast": 2.0, "write_date": "2026-01-01 00:00:00"},
    {"id": 3, "state": "assigned", "forecast": 3.0, "write_date": "2026-01-01 00:00:00"},
]


@pytest.mark.parametrize(
    ("forecast", "expected"),
    [("float computed", {1: None, 2: 2.0, 3: None}), (None, {1: None, 2: None, 3: None})],
    ids=["computed", "not there"],
)
def test_what_odoo_computes_is_read_of_the_rows_the_source_names(forecast, expected, tmp_path):
    types = TYPES | ({"forecast": forecast} if forecast else {})
    [resolved] = resolve.resolve(FakeOdoo({"stock.move": (types, MOVES)}), [MOVE], [])
    assert resolved.fields["forecast"] == ("forecast" if forecast else None)
    con = load.open_work(tmp_path)
    for day, waiting in ((1, 2.0), (2, 0.5)):
        odoo = FakeOdoo(
            {"stock.move": (types, [row | ({"forecast": waiting} if row["id"] == 2 else {}) for row in MOVES])}
        )
        run = tmp_path / "landing" / f"2026010{day}T000000Z"
        mode = Mode(datetime(2026, 1, day))
        extract.read(odoo, resolved, [], run, load.known(con, MOVE, "odoo"), lambda *progress: None, mode)
        loaded = load.load_source(con, MOVE, "odoo", run, datetime(2026, 1, day))
        if day == 1:
            assert dict(con.execute("select id, forecast from stg_stock_move").fetchall()) == expected
    assert loaded.changed == (1 if forecast else 0)  # a forecast that moved is a change of its own
    con.close()


def test_a_domain_that_asks_for_what_the_model_lacks_means_another_model():
    source = Source(model="stock.lot", without="", fields={}, domain=(("grade.name", "=", "A"),))
    assert resolve.resolve(FakeOdoo({"stock.lot": (TYPES, [])}), [source], [])[0].absent


JOB = Source(
    model="queue.job",
    name="queue_job",
    without="jobs are lost",
    kind="unstamped",
    cursor="date_done",
    sweep="open",
    created="date_created",
    open_domain=(("state", "not in", ("done", "cancelled")),),
    fields={"state": column("selection"), "done_at": column("datetime", "date_done")},
)
JOB_TYPES = {"state": "selection", "date_done": "datetime", "date_created": "datetime"}


class Jobs:
    """Jobs of a fake Odoo, refreshed day after day."""

    def __init__(self, folder):
        self.folder, self.day = folder, 0
        self.rows: dict[int, dict] = {}
        self.con = load.open_work(folder)

    def set(self, id: int, state: str, done: str | bool = False) -> None:
        self.rows[id] = {"id": id, "state": state, "date_done": done, "date_created": f"2026-01-{id:02d} 00:00:00"}

    def refresh(self, **options) -> tuple[list[int], load.Loaded]:
        """The ids that were read, and what loading them changed."""
        self.day += 1
        odoo = FakeOdoo({"queue.job": (JOB_TYPES, list(self.rows.values()))})
        run = self.folder / "landing" / f"202602{self.day:02d}T000000Z"
        [resolved] = resolve.resolve(odoo, [JOB], [])
        known = load.known(self.con, JOB, "odoo")
        mode = Mode(datetime(2026, 2, self.day), **options)
        extract.read(odoo, resolved, [], run, known, lambda *progress: None, mode)
        return sorted(odoo.read), load.load_source(self.con, JOB, "odoo", run, datetime(2026, 2, self.day))

    def states(self) -> dict[int, str]:
        return dict(self.con.execute("select id, state from stg_queue_job").fetchall())


@pytest.fixture
def jobs(tmp_path):
    made = Jobs(tmp_path)
    made.set(1, "done", "2026-01-01 01:00:00")
    made.set(2, "done", "2026-01-20 01:00:00")
    made.set(3, "failed")
    made.set(4, "pending")
    yield made
    made.con.close()


def test_unstamped_rows_are_read_while_open_once_more_after_it_and_when_lately_done(jobs):
    assert jobs.refresh()[0] == [1, 2, 3, 4]
    assert jobs.refresh()[0] == [2, 3, 4]  # 2 lies within the overlap of the newest end
    jobs.set(3, "cancelled")
    jobs.set(4, "done", "2026-01-20 09:00:00")
    jobs.set(5, "started")
    read, loaded = jobs.refresh()
    assert read == [2, 3, 4, 5] and (loaded.new, loaded.changed) == (1, 2)
    assert jobs.refresh()[0] == [4, 5]
    jobs.set(1, "done", "2026-01-20 10:00:00")  # run once more
    assert jobs.refresh()[0] == [1, 4, 5]
    assert jobs.states() == {1: "done", 2: "done", 3: "cancelled", 4: "done", 5: "started"}


def test_what_odoo_clears_away_when_done_stays_and_what_vanishes_open_is_closed(jobs):
    jobs.refresh()
    del jobs.rows[1], jobs.rows[3]
    loaded = jobs.refresh()[1]
    assert loaded.closed == 1
    assert jobs.states() == {1: "done", 2: "done", 4: "pending"}
    assert jobs.refresh()[1].closed == 0


def test_a_first_look_goes_by_the_date_the_source_names(jobs):
    assert jobs.refresh(since=datetime(2026, 1, 2))[0] == [2, 3, 4]
    assert jobs.refresh()[0] == [1, 2, 3, 4]


def test_unstamped_rows_that_are_always_open_are_all_read_each_time(tmp_path):
    source = Source(
        model="ir.cron", name="ir_cron", without="", kind="unstamped", cursor=None, fields={"name": column("char")}
    )
    odoo = FakeOdoo({"ir.cron": ({"name": "char"}, [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}])})
    con = load.open_work(tmp_path)
    for day in (1, 2):
        run = tmp_path / "landing" / f"2026010{day}T000000Z"
        [resolved] = resolve.resolve(odoo, [source], [])
        extract.read(odoo, resolved, [], run, load.known(con, source, "odoo"), print, Mode(datetime(2026, 1, day)))
        assert load.load_source(con, source, "odoo", run, datetime(2026, 1, day)).read == 2
    con.close()


ORDER = Source(
    model="mrp.production",
    name="mrp_production",
    without="",
    open_domain=(("state", "not in", ("done", "cancel")),),
    fields={"state": column("selection")},
)
MESSAGE = Source(
    model="mail.message",
    name="mail_message",
    without="",
    kind="append",
    sweep="document",
    follows=("document_model", "document_id"),
    fields={"document_model": column("char", "model"), "document_id": column("integer", "res_id")},
)
MESSAGE_TYPES = {"model": "char", "res_id": "integer", "create_date": "datetime"}


class Nights:
    """Sources of a fake Odoo with more rows than are looked at every night."""

    def __init__(self, folder):
        self.folder, self.night = folder, 0
        self.models = {"mrp.production": (TYPES, []), "mail.message": (MESSAGE_TYPES, [])}
        self.con = load.open_work(folder)

    def add(self, *ids: int, state: str = "done") -> None:
        stamp = f"2026-02-{self.night:02d} 00:00:00" if self.night else "2026-01-01 00:00:00"
        self.models["mrp.production"][1].extend({"id": id, "state": state, "write_date": stamp} for id in ids)
        self.models["mail.message"][1].extend({"id": id, "model": "mrp.production", "res_id": id} for id in ids)

    def drop(self, model: str, *ids: int) -> None:
        self.models[model][1][:] = [row for row in self.models[model][1] if row["id"] not in ids]

    def run(self, day: int | None = None) -> dict[str, load.Loaded]:
        """A night's refresh; `asked` then holds the domains of its searches, `read` the ids it read."""
        self.night = day or self.night + 1
        odoo = FakeOdoo(self.models)
        self.asked, search = [], odoo.search

        def noting(model, domain, **options):
            if "limit" not in options:
                self.asked.append((model, [tuple(term) for term in domain]))
            return search(model, domain, **options)

        odoo.search = noting
        odoo.count = lambda model, domain: len(search(model, domain))
        odoo.now = lambda: datetime(2026, 2, self.night)
        moment = datetime(2026, 2, self.night)
        run = self.folder / "landing" / f"202602{self.night:02d}T000000Z"
        loaded = {}
        for source in (ORDER, MESSAGE):
            [resolved] = resolve.resolve(odoo, [source], [])
            extract.read(odoo, resolved, [], run, load.known(self.con, source, "odoo"), print, Mode(moment))
        for source in load.in_order([MESSAGE, ORDER]):
            loaded[source.name] = load.load_source(self.con, source, "odoo", run, moment)
        self.read = odoo.read
        return loaded

    def swept(self, model: str) -> bool:
        """Whether the last night asked for the oldest ids of a model."""
        return any(asked == model and domain in ([], [("id", "<=", 40)]) for asked, domain in self.asked)


@pytest.fixture
def nights(tmp_path, monkeypatch):
    monkeypatch.setattr(plan, "RECENT_IDS", 10)
    monkeypatch.setattr(plan, "RECENT_FOLLOWERS", 10)
    monkeypatch.setattr(plan, "SMALL_IDS", 0)
    monkeypatch.setattr(plan, "WINDOW_IDS", 40)
    monkeypatch.setattr(plan, "WINDOW_SECONDS", (0, 60))
    made = Nights(tmp_path)
    made.add(*range(1, 101))
    assert made.run()["mrp_production"].new == 100
    assert made.swept("mrp.production") and made.swept("mail.message")
    yield made
    made.con.close()


def current(nights, name: str) -> set[int]:
    return {id for (id,) in nights.con.execute(f"select id from stg_{name}").fetchall()}


def test_ids_are_asked_for_window_by_window(nights):
    windows = [domain for model, domain in nights.asked if model == "mail.message"]
    assert windows == [[("id", "<=", 40)], [("id", ">", 40), ("id", "<=", 80)], [("id", ">", 80)]]


def test_a_quiet_night_looks_at_the_newest_and_counts(nights):
    nights.run()  # what was written within the overlap is read again
    nights.add(101)
    loaded = nights.run()
    assert (loaded["mrp_production"].new, loaded["mail_message"].new) == (1, 1)
    assert not nights.swept("mrp.production") and not nights.swept("mail.message")
    assert sorted(nights.read)[-2:] == [101, 101]
    [(ours, odoos)] = nights.con.execute(
        "select warehouse_count, odoo_count from reconciliation where source = 'mrp_production'"
    ).fetchall()
    assert ours == odoos == 101


def test_what_came_and_went_while_it_was_read_explains_a_difference(tmp_path):
    source = Source(model="m", name="mrp_production", without="", fields={"name": column("char")})
    types = {"name": "char", "write_date": "datetime", "create_date": "datetime"}

    def row(id: int) -> dict:
        return {"id": id, "name": str(id), "write_date": "2026-01-01 00:00:00"}

    class Busy(FakeOdoo):
        def page(self, *arguments):
            """While the page is on its way, two rows are made and one is deleted."""
            found = super().page(*arguments)
            self.models["m"][1].extend([row(8), row(9)])
            del self.models["m"][1][0]
            return found

    con = load.open_work(tmp_path)
    odoo = Busy({"m": (types, [row(1), row(2), row(3)])})
    [resolved] = resolve.resolve(odoo, [source], [])
    run = tmp_path / "landing" / "20260101T000000Z"
    extract.read(odoo, resolved, [], run, Known(), lambda *progress: None, Mode(datetime(2026, 1, 1)))
    load.load_source(con, source, "odoo", run, datetime(2026, 1, 1))
    booked = con.execute("select odoo_count, warehouse_count, came, went from reconciliation").fetchall()
    assert booked == [(4, 3, 2, 1)]
    con.close()


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([("a", 0, True), ("b", 0, True)], "The rows of all 2 counted sources equal Odoo's count."),
        (
            [("a", -1, True), ("b", 0, True)],
            "The rows of all 2 counted sources equal Odoo's count, what came or went meanwhile in 1 of them apart.",
        ),
        (
            [("a", -1, False), ("a", 1, False), ("b", 0, True)],
            "Rows differ from Odoo's count in a: run `.venv/bin/python -m etl refresh --full`.",
        ),
    ],
)
def test_rows_against_odoo_in_a_sentence(rows, sentence):
    names = ("source", "difference", "is_explained")
    assert status.reconciled([{"instance": "odoo"} | dict(zip(names, row, strict=True)) for row in rows]) == sentence


def test_a_row_that_vanished_long_after_it_came_is_missed_for_no_night(nights):
    nights.drop("mrp.production", 3)
    nights.drop("mail.message", 3)
    loaded = nights.run()
    assert nights.swept("mrp.production") and not nights.swept("mail.message")
    assert (loaded["mrp_production"].closed, loaded["mail_message"].closed) == (1, 1)
    assert 3 not in current(nights, "mrp_production") | current(nights, "mail_message")
    assert nights.con.execute("select _closed_by from raw.mail_message where id = 3").fetchall() == [("deleted",)]
    assert nights.run()["mrp_production"].closed == 0


def test_of_the_newest_rows_each_that_vanished_is_found(nights):
    nights.drop("mail.message", 97)
    assert nights.run()["mail_message"].closed == 1
    assert not nights.swept("mail.message")


def test_an_old_message_that_vanished_alone_is_found_once_a_week(nights):
    nights.drop("mail.message", 3)
    assert nights.run()["mail_message"].closed == 0
    assert nights.run(day=9)["mail_message"].closed == 1
    assert nights.swept("mail.message")


def test_a_row_that_was_committed_late_is_found_by_counting(nights):
    nights.drop("mrp.production", 5)
    nights.run()
    nights.models["mrp.production"][1].append({"id": 5, "state": "done", "write_date": "2025-01-01 00:00:00"})
    assert nights.run()["mrp_production"].new == 1
    assert 5 in current(nights, "mrp_production")


def test_an_open_row_that_vanished_is_found_wherever_it_is(nights):
    nights.models["mrp.production"][1][1]["state"] = "confirmed"
    nights.models["mrp.production"][1][1]["write_date"] = "2026-02-02 00:00:00"
    nights.run()
    nights.drop("mrp.production", 2)
    nights.models["mrp.production"][1].append({"id": 7000, "state": "done", "write_date": "2026-02-03 00:00:00"})
    assert nights.run()["mrp_production"].closed == 1
    assert not nights.swept("mrp.production"), "the counts agree: the open row itself was looked for"


def test_a_small_model_is_read_whole_with_one_question(nights, monkeypatch):
    monkeypatch.setattr(plan, "SMALL_IDS", 1000)
    nights.run()
    nights.drop("mrp.production", 3)
    loaded = nights.run()
    assert (loaded["mrp_production"].read, loaded["mrp_production"].closed) == (99, 1)
    about = [domain for model, domain in nights.asked if model == "mrp.production"]
    assert about == [[("id", "in", [3])]]


def test_rows_an_answer_left_out_are_not_taken_for_gone(nights, monkeypatch):
    monkeypatch.setattr(plan, "SMALL_IDS", 1000)
    rows = FakeOdoo.rows
    monkeypatch.setattr(FakeOdoo, "rows", lambda self, *asked, **how: rows(self, *asked, **how)[asked[1] == [] :])
    assert nights.run()["mrp_production"].closed == 0
    assert current(nights, "mrp_production") == set(range(1, 101))


def test_an_empty_model_is_not_searched(nights):
    nights.models["mrp.production"][1].clear()
    assert nights.run()["mrp_production"].closed == 100
    nights.run()
    assert not [asked for asked in nights.asked if asked[0] == "mrp.production"]


def test_a_small_model_that_has_grown_overnight_is_searched_as_any_other(nights, monkeypatch):
    monkeypatch.setattr(plan, "SMALL_IDS", 1000)
    nights.add(*range(101, 1000))
    nights.add(plan.SMALL_IDS + plan.LATE_IDS + 1)
    assert nights.run()["mrp_production"].new == 900
    assert current(nights, "mrp_production") == set(range(1, 1000)) | {plan.SMALL_IDS + plan.LATE_IDS + 1}
